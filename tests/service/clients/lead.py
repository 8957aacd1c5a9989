"""Runs the contract's client for Python as its documentation shows it. Takes a list of calls as JSON from standard
input, and prints what each gave: the result, or the status, the reason phrase and the headers of the error."""

import asyncio
import json
import sys

import aiohttp
from truto_python_sdk import TrutoApi


async def call(api, given):
    query = given["query"]
    try:
        if given["method"] == "get":
            result = await api.unified_api.get("crm", "leads", given["id"], query)
        else:
            result = await api.unified_api.update("crm", "leads", given["id"], given["body"], query)
        return {"result": result}
    except aiohttp.ClientResponseError as error:
        headers = {name.lower(): value for name, value in error.headers.items()}
        return {"status": error.status, "reason": error.message, "headers": headers}


async def main():
    given = json.load(sys.stdin)
    api = TrutoApi(token=given["token"], base_url=given["base"])
    if given["together"]:
        results = await asyncio.gather(*(call(api, one) for one in given["calls"]))
    else:
        results = [await call(api, one) for one in given["calls"]]
    json.dump(results, sys.stdout)


asyncio.run(main())
