//! Medians, and how they are written.

/// The value below which such a part of all lies; 0 where there are none.
pub(crate) fn percentile(all: &[f64], part: f64) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list that is in memory"
    )]
    let at = ((sorted.len().saturating_sub(1)) as f64 * part).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// Values of several rounds.
#[derive(Clone, Debug)]
pub(crate) struct Figures(Vec<f64>);

impl FromIterator<f64> for Figures {
    fn from_iter<I: IntoIterator<Item = f64>>(all: I) -> Figures {
        Figures(all.into_iter().collect())
    }
}

impl Figures {
    /// The median.
    pub(crate) fn median(&self) -> f64 {
        percentile(&self.0, 0.5)
    }

    /// The median, and the least and the most, with so many digits.
    pub(crate) fn shown(&self, digits: usize) -> String {
        let (least, most) = (percentile(&self.0, 0.0), percentile(&self.0, 1.0));
        format!("{:.digits$} ({least:.digits$} to {most:.digits$})", self.median())
    }
}

/// Whether a goal is met, in a word.
pub(crate) fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}
