//! Charts as SVG, both axes logarithmic. Letters are left to whoever shows the picture: no font is needed to make it.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use super::curve::Chart;

/// Colours that are told apart by those who do not see red and green, too (Okabe and Ito).
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
    RGBColor(120, 120, 120),
];

/// Writes a chart to `NAME.svg` in a directory.
pub(crate) fn write(chart: &Chart, directory: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(directory)?;
    let path = directory.join(format!("{}.svg", chart.name));
    let points = || chart.curves.iter().flat_map(|curve| curve.points.iter());
    let numbers = || points().map(|(number, _)| *number);
    let costs = || points().map(|(_, cost)| *cost).filter(|cost| *cost > 0.0);
    let (least, most) = (numbers().fold(f64::MAX, f64::min), numbers().fold(f64::MIN, f64::max));
    let (low, high) = (costs().fold(f64::MAX, f64::min), costs().fold(f64::MIN, f64::max));
    if least >= most || low > high {
        // One point is no curve.
        return Ok(());
    }
    let root = SVGBackend::new(&path, (860, 520)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut context = ChartBuilder::on(&root)
        .caption(&chart.title, ("sans-serif", 20))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(84)
        .build_cartesian_2d((least..most * 1.1).log_scale(), (low / 2.0..high * 3.0).log_scale())?;
    let is_time = chart.cost == "seconds";
    context
        .configure_mesh()
        .x_desc(&chart.over)
        .y_desc(if is_time { "time" } else { chart.cost.as_str() })
        .x_label_formatter(&|number| plain(*number))
        .y_label_formatter(&|cost| if is_time { span(*cost) } else { plain(*cost) })
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 15))
        .light_line_style(RGBColor(235, 235, 235))
        .draw()?;
    for (curve, colour) in chart.curves.iter().zip(COLOURS.iter().cycle()) {
        let points: Vec<(f64, f64)> = curve.points.iter().copied().filter(|(_, cost)| *cost > 0.0).collect();
        let steep = curve.upper().map_or_else(String::new, |steep| format!(" (n^{steep:.2})"));
        context
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?
            .label(format!("{}{steep}", curve.name))
            .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        context.draw_series(points.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
    }
    context
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(RGBColor(200, 200, 200))
        .label_font(("sans-serif", 13))
        .draw()?;
    root.present()?;
    Ok(())
}

/// A number without a power: `10k`, `1M`.
fn plain(number: f64) -> String {
    match number {
        _ if number >= 1e6 => format!("{}M", number / 1e6),
        _ if number >= 1e3 => format!("{}k", number / 1e3),
        _ => format!("{number}"),
    }
}

/// A time in a unit that suits it.
fn span(seconds: f64) -> String {
    let (number, unit) = match seconds {
        _ if seconds >= 1.0 => (seconds, "s"),
        _ if seconds >= 1e-3 => (seconds * 1e3, "ms"),
        _ if seconds >= 1e-6 => (seconds * 1e6, "µs"),
        _ => (seconds * 1e9, "ns"),
    };
    // Powers of ten come out with a rest.
    format!("{} {unit}", (number * 1000.0).round() / 1000.0)
}
