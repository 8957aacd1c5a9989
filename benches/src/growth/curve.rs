//! Curves: what something costs as a number grows, and how steep that is.

use std::fmt::Write as _;

/// An exponent above this one is worse than linear.
const STEEPEST: f64 = 1.15;

/// Costs over one number.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    /// The name, also of the plot's file.
    pub(crate) name: String,
    /// What it shows.
    pub(crate) title: String,
    /// What grows, with its unit.
    pub(crate) over: String,
    /// What it costs, with its unit.
    pub(crate) cost: String,
    /// The curves.
    pub(crate) curves: Vec<Curve>,
}

/// One curve.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    /// What is done.
    pub(crate) name: String,
    /// The number and the cost.
    pub(crate) points: Vec<(f64, f64)>,
}

impl Chart {
    /// A chart of times in seconds.
    pub(crate) fn of_times(name: &str, title: &str, over: &str) -> Chart {
        Chart {
            name: name.to_owned(),
            title: title.to_owned(),
            over: over.to_owned(),
            cost: "seconds".to_owned(),
            curves: Vec::new(),
        }
    }

    /// Adds a point to the curve of a name.
    pub(crate) fn add(&mut self, curve: &str, number: usize, cost: f64) {
        #[expect(clippy::cast_precision_loss, reason = "numbers are small")]
        let point = (number as f64, cost);
        match self.curves.iter_mut().find(|known| known.name == curve) {
            Some(known) => known.points.push(point),
            None => self.curves.push(Curve { name: curve.to_owned(), points: vec![point] }),
        }
    }

    /// The chart as tables in Markdown: a row for each number, and behind each cost the exponent from the row before.
    pub(crate) fn markdown(&self) -> String {
        let is_time = self.cost == "seconds";
        let unit = if is_time { "microseconds" } else { &self.cost };
        let mut text = format!("\n### {}\n\nIn {unit}; behind each the exponent since the row before.\n\n", self.title);
        let names: Vec<&str> = self.curves.iter().map(|curve| curve.name.as_str()).collect();
        let _ = writeln!(text, "| {} | {} |", self.over, names.join(" | "));
        let _ = writeln!(text, "|--:|{}", "--:|".repeat(names.len()));
        let mut numbers: Vec<f64> = self.curves.iter().flat_map(|curve| curve.points.iter().map(|(n, _)| *n)).collect();
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        for number in numbers {
            let _ = write!(text, "| {number} |");
            for curve in &self.curves {
                let at = curve.points.iter().position(|(known, _)| known.total_cmp(&number).is_eq());
                match at.and_then(|at| Some((at, curve.points.get(at)?.1))) {
                    Some((at, cost)) => {
                        let cost = if is_time { cost * 1e6 } else { cost };
                        let steep = at.checked_sub(1).and_then(|from| curve.exponent(from, at));
                        let steep = steep.map_or_else(String::new, |steep| format!(" ({steep:.2})"));
                        let _ = write!(text, " {cost:.2}{steep} |");
                    }
                    None => text.push_str("  |"),
                }
            }
            text.push('\n');
        }
        for curve in &self.curves {
            if let Some(steep) = curve.upper().filter(|steep| *steep > STEEPEST) {
                let _ = writeln!(
                    text,
                    "\n**WORSE THAN LINEAR: `{}`, {}: exponent {steep:.2} over the last decade**",
                    self.name, curve.name
                );
            }
        }
        text
    }
}

impl Curve {
    /// The exponent between two points: 1 is linear, 2 is quadratic.
    fn exponent(&self, from: usize, to: usize) -> Option<f64> {
        let ((n, cost), (more, dearer)) = (self.points.get(from)?, self.points.get(to)?);
        let exponent = (dearer / cost).ln() / (more / n).ln();
        exponent.is_finite().then_some(exponent)
    }

    /// The exponent over the last decade.
    pub(crate) fn upper(&self) -> Option<f64> {
        let last = self.points.len().checked_sub(1)?;
        let (most, _) = self.points[last];
        let from = self.points.iter().rposition(|(number, _)| number * 9.0 <= most).or(last.checked_sub(1))?;
        self.exponent(from, last)
    }
}

/// Numbers from one to another, two a decade: 10, 30, 100, 300 and so on, the last one among them.
pub(crate) fn numbers(from: usize, to: usize) -> Vec<usize> {
    let mut all = vec![from];
    let mut next = from;
    loop {
        let leading = next / 10_usize.pow(next.ilog10());
        next = if leading == 1 { next * 3 } else { 10_usize.pow(next.ilog10() + 1) };
        if next >= to {
            break;
        }
        all.push(next);
    }
    if to > from {
        all.push(to);
    }
    all
}
