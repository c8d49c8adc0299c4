//! Bars for one measure: a relay each.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use super::measures::Measure;
use super::verdict::number;

const WIDTH: u32 = 760;
const BAR_HEIGHT: u32 = 34;
const OURS: RGBColor = RGBColor(37, 99, 235);
const FLOOR: RGBColor = RGBColor(148, 163, 184);
const OTHERS: RGBColor = RGBColor(245, 158, 11);

/// Writes an SVG file.
pub(super) fn bars(file: &Path, measure: &Measure, figures: &[(&str, f64)]) -> Result<()> {
    draw(file, measure, figures).map_err(|error| anyhow!("{}: {error}", file.display()))
}

type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;

fn draw(file: &Path, measure: &Measure, figures: &[(&str, f64)]) -> Drawn {
    let count = figures.len();
    let end = figures.iter().map(|(_, figure)| *figure).fold(f64::MIN_POSITIVE, f64::max);
    let size = (WIDTH, BAR_HEIGHT * count as u32 + 90);
    let root = SVGBackend::new(file, size).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(measure.title, ("sans-serif", 17))
        .margin(10)
        .x_label_area_size(38)
        .y_label_area_size(150)
        .build_cartesian_2d(0.0..end * 1.15, (0..count.saturating_sub(1)).into_segmented())?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .x_desc(measure.unit)
        .y_label_formatter(&|at| match at {
            SegmentValue::CenterOf(number) => {
                figures.get(*number).map_or(String::new(), |(name, _)| (*name).to_owned())
            }
            _ => String::new(),
        })
        .draw()?;
    chart.draw_series(figures.iter().enumerate().map(|(number, (name, figure))| {
        let next = SegmentValue::Exact(number + 1);
        let next = if number + 1 == count { SegmentValue::Last } else { next };
        let corners = [(0.0, SegmentValue::Exact(number)), (*figure, next)];
        let mut bar = Rectangle::new(corners, color(name).filled());
        bar.set_margin(5, 5, 0, 0);
        bar
    }))?;
    chart.draw_series(figures.iter().enumerate().map(|(at, (_, figure))| {
        let place = (*figure, SegmentValue::CenterOf(at));
        Text::new(format!(" {}", number(*figure)), place, ("sans-serif", 14))
    }))?;
    root.present()?;
    Ok(())
}

fn color(relay: &str) -> RGBColor {
    match relay {
        _ if relay.starts_with("collab") => OURS,
        _ if relay.starts_with("bare") => FLOOR,
        _ => OTHERS,
    }
}
