// Times one expression in the reference engine, parsed once; prints the median of its rounds in nanoseconds.
import jsonata from "jsonata";
import { readFileSync } from "node:fs";

const { text, input, rounds, milliseconds } = JSON.parse(readFileSync(0, "utf8"));
const expression = jsonata(text);
for (let i = 0; i < 2000; i++) await expression.evaluate(input);
const all = [];
for (let round = 0; round < rounds; round++) {
  const start = process.hrtime.bigint();
  let times = 0;
  do {
    for (let i = 0; i < 50; i++) await expression.evaluate(input);
    times += 50;
  } while (process.hrtime.bigint() - start < BigInt(milliseconds) * 1000000n);
  all.push(Number(process.hrtime.bigint() - start) / times);
}
all.sort((a, b) => a - b);
console.log(all[Math.floor(all.length / 2)]);
