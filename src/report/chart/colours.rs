//! Seven colours that colour-blind readers tell apart (Okabe & Ito 2008, without the yellow, which is too light on white).

use plotters::style::RGBColor;

use super::ChartError;
use crate::balance::Method;
use crate::experiments::Plot;

const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 0, 0),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(204, 121, 167),
];

/// The colour of a series: that of its solver's family, the same in every chart; all else goes by its place.
pub(super) fn colour_of(name: &str, index: usize) -> RGBColor {
    COLOURS[family(name).unwrap_or(index) % COLOURS.len()]
}

/// Solvers that differ in detail share a colour, and have labels of their own.
fn family(name: &str) -> Option<usize> {
    let name = name.split_once(':').map_or(name, |(solver, _)| solver);
    let method = Method::ALL.iter().chain([&Method::Auto]).find(|method| method.name() == name)?;
    Some(match method {
        Method::Auto | Method::Newton | Method::NewtonCg => 0,
        Method::Euler => 1,
        Method::Rk4 | Method::Rk4Weights => 2,
        Method::Dopri5 | Method::Dopri5Weights => 3,
        Method::Dop853 | Method::Dop853Weights => 4,
        Method::Osborne | Method::OsborneShuffled | Method::OsborneGreedy => 5,
        Method::Bdf | Method::Esdirk34 => 6,
    })
}

/// Whether every series but those of solvers has a colour of its own.
///
/// # Errors
/// More series than colours.
pub(super) fn enough(plot: &Plot) -> Result<(), ChartError> {
    let count = plot.series.iter().filter(|series| family(&series.name).is_none()).count();
    if count > COLOURS.len() {
        return Err(ChartError::TooManySeries { count, colours: COLOURS.len() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::Series;

    #[test]
    fn an_eighth_colour_is_refused_and_solvers_share_theirs() {
        let mut plot = super::super::tests::plot(vec![(1.0, 1.0), (2.0, 2.0)]);
        let series = |name: &str| Series::new(name, vec![(1.0, 1.0), (2.0, 2.0)]);
        plot.series = (0..7).map(|k| series(&k.to_string())).collect();
        assert_eq!(enough(&plot), Ok(()));
        plot.series.push(series("8"));
        assert_eq!(enough(&plot), Err(ChartError::TooManySeries { count: 8, colours: 7 }));
        plot.series = Method::ALL.iter().map(|method| series(method.name())).collect();
        assert_eq!(enough(&plot), Ok(()));
        assert_eq!(colour_of("dopri5-weights", 9), colour_of("dopri5: bound", 0));
    }
}
