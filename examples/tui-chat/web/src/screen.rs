//! A terminal of text: one element per row, one span per run of cells that look alike.
//!
//! Only rows that changed are written, so that a selection in the others stays.

use std::collections::BTreeSet;
use std::fmt::Write;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;
use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

use crate::page;

/// A probe of this many characters tells how wide one is.
const PROBE: &str = "0000000000000000000000000000000000000000";

/// The page failed to take something.
#[derive(Debug, thiserror::Error)]
#[error("the page does not take what is drawn")]
pub(crate) struct PageError;

impl From<JsValue> for PageError {
    fn from(_: JsValue) -> Self {
        Self
    }
}

impl From<page::Missing> for PageError {
    fn from(_: page::Missing) -> Self {
        Self
    }
}

/// The grid of cells in the page.
pub(crate) struct Screen {
    document: Document,
    grid: Element,
    rows: Vec<Element>,
    cells: Vec<Vec<Cell>>,
    stale: BTreeSet<usize>,
    /// Of one cell, in CSS pixels.
    cell: (f64, f64),
}

impl Screen {
    /// Measures a cell of `grid` and fills it.
    pub(crate) fn new(grid: Element) -> Result<Self, JsValue> {
        let document = page::document()?;
        let probe = document.create_element("div")?;
        probe.set_class_name("row");
        let span = document.create_element("span")?;
        span.set_text_content(Some(PROBE));
        probe.append_child(&span)?;
        grid.append_child(&probe)?;
        let width = span.get_bounding_client_rect().width() / PROBE.len() as f64;
        let height = probe.get_bounding_client_rect().height();
        probe.remove();
        let cell = (width.max(1.0), height.max(1.0));
        let (rows, cells, stale) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut screen = Self { document, grid, rows, cells, stale, cell };
        screen.reset()?;
        Ok(screen)
    }

    /// The cell at a point of the window.
    pub(crate) fn cell_at(&self, x: f64, y: f64) -> (u16, u16) {
        let area = self.grid.get_bounding_client_rect();
        let (column, row) = ((x - area.left()) / self.cell.0, (y - area.top()) / self.cell.1);
        // Casts from floats stop at the ends of the range.
        (column as u16, row as u16)
    }

    fn fit(&self) -> Size {
        let area = self.grid.get_bounding_client_rect();
        let columns = (area.width() / self.cell.0) as u16;
        let rows = (area.height() / self.cell.1) as u16;
        Size::new(columns.max(1), rows.max(1))
    }

    /// As many rows and cells as fit, all of them empty.
    fn reset(&mut self) -> Result<(), JsValue> {
        let size = self.fit();
        let (columns, rows) = (usize::from(size.width), usize::from(size.height));
        self.grid.set_text_content(None);
        self.rows.clear();
        for _ in 0..rows {
            let row = self.document.create_element("div")?;
            row.set_class_name("row");
            self.grid.append_child(&row)?;
            self.rows.push(row);
        }
        self.cells = vec![vec![Cell::default(); columns]; rows];
        self.stale = (0..rows).collect();
        Ok(())
    }

    fn write_row(&self, row: &Element, cells: &[Cell]) -> Result<(), JsValue> {
        row.set_text_content(None);
        for run in runs(cells) {
            let span = self.document.create_element("span")?;
            span.set_text_content(Some(&run.text));
            let class = classes(run.cell.modifier, run.is_wide);
            if !class.is_empty() {
                span.set_class_name(&class);
            }
            let style = style(run.cell);
            if !style.is_empty() {
                span.set_attribute("style", &style)?;
            }
            row.append_child(&span)?;
        }
        Ok(())
    }
}

impl Backend for Screen {
    type Error = PageError;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), PageError>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            let (x, y) = (usize::from(x), usize::from(y));
            if let Some(place) = self.cells.get_mut(y).and_then(|row| row.get_mut(x)) {
                *place = cell.clone();
                self.stale.insert(y);
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), PageError> {
        for y in std::mem::take(&mut self.stale) {
            if let (Some(row), Some(cells)) = (self.rows.get(y), self.cells.get(y)) {
                self.write_row(row, cells)?;
            }
        }
        Ok(())
    }

    fn clear(&mut self) -> Result<(), PageError> {
        Ok(self.reset()?)
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), PageError> {
        Ok(self.reset()?)
    }

    fn size(&self) -> Result<Size, PageError> {
        Ok(self.fit())
    }

    fn window_size(&mut self) -> Result<WindowSize, PageError> {
        let pixels = Size::new(0, 0);
        Ok(WindowSize { columns_rows: self.fit(), pixels })
    }

    // The app draws its cursor itself.
    fn hide_cursor(&mut self) -> Result<(), PageError> {
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), PageError> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, PageError> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, _: P) -> Result<(), PageError> {
        Ok(())
    }
}

/// Cells that look alike and follow each other; wide ones stand alone.
struct Run<'a> {
    cell: &'a Cell,
    text: String,
    is_wide: bool,
}

fn runs(cells: &[Cell]) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut covered = 0;
    for cell in cells {
        if covered > 0 {
            covered -= 1;
            continue;
        }
        let columns = cell.symbol().width();
        covered = columns.saturating_sub(1);
        let is_wide = columns > 1;
        let same = |run: &&mut Run<'_>| {
            let looks = |cell: &Cell| (cell.fg, cell.bg, cell.modifier);
            !is_wide && !run.is_wide && looks(run.cell) == looks(cell)
        };
        match runs.last_mut().filter(same) {
            Some(run) => run.text.push_str(cell.symbol()),
            None => runs.push(Run { cell, text: cell.symbol().to_owned(), is_wide }),
        }
    }
    runs
}

fn classes(modifier: Modifier, is_wide: bool) -> String {
    let names = [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::ITALIC, "italic"),
        (Modifier::UNDERLINED, "underlined"),
    ];
    let set = names.iter().filter(|(bit, _)| modifier.contains(*bit)).map(|(_, name)| *name);
    set.chain(is_wide.then_some("wide")).collect::<Vec<_>>().join(" ")
}

fn style(cell: &Cell) -> String {
    let (mut ink, mut ground) = (css(cell.fg), css(cell.bg));
    if cell.modifier.contains(Modifier::REVERSED) {
        let swapped = ground.or_else(|| Some("var(--paper)".to_owned()));
        ground = ink.or_else(|| Some("var(--ink)".to_owned()));
        ink = swapped;
    }
    let mut style = String::new();
    // Writing to a String cannot fail.
    if let Some(ink) = ink {
        let _ = write!(style, "color:{ink};");
    }
    if let Some(ground) = ground {
        let _ = write!(style, "background:{ground};");
    }
    style
}

/// The page has eight colours, each readable on its ground: bright ones are the same.
fn css(color: Color) -> Option<String> {
    let number = match color {
        Color::Rgb(r, g, b) => return Some(format!("#{r:02x}{g:02x}{b:02x}")),
        Color::Black => 0,
        Color::Red | Color::LightRed => 1,
        Color::Green | Color::LightGreen => 2,
        Color::Yellow | Color::LightYellow => 3,
        Color::Blue | Color::LightBlue => 4,
        Color::Magenta | Color::LightMagenta => 5,
        Color::Cyan | Color::LightCyan => 6,
        Color::Gray | Color::DarkGray => 7,
        Color::Reset | Color::White | Color::Indexed(_) => return None,
    };
    Some(format!("var(--c{number})"))
}
