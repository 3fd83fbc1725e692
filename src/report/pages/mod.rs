//! The pages: one a thing, each a file of its own that needs no server, no script and nothing from outside.
//!
//! `index.html` says what was found in three screens; `networks/`, `claims/` and `experiments/` hold a page each. Links are
//! relative and go both ways; the figures stand inside the pages, and their data beside them in `figures/`.

mod claim;
mod comparison;
mod experiment;
mod index;
mod network;
mod parts;
mod picture;
mod statements;

pub use comparison::comparison;

use super::Report;
use super::figures::file_name;

/// A page, and where in the folder of the report it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The path below the folder, with `/`.
    pub path: String,
    /// The whole page.
    pub html: String,
}

/// All pages of a report.
pub fn pages(report: &Report) -> Vec<Page> {
    let mut pages = vec![Page { path: "index.html".to_owned(), html: index::page(report) }];
    pages.extend(report.cases.iter().map(|case| Page {
        path: format!("networks/{}.html", file_name(&case.name)),
        html: network::page(report, case),
    }));
    pages.extend(
        report
            .claims
            .iter()
            .map(|claim| Page { path: format!("claims/{}.html", claim.id), html: claim::page(report, claim) }),
    );
    pages.extend(report.experiments.iter().map(|experiment| Page {
        path: format!("experiments/{}.html", experiment.name),
        html: experiment::page(report, experiment),
    }));
    pages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::{Criteria, Method};
    use crate::report::{Provenance, case_report, claim_texts};
    use crate::tasks::embedded_cases;

    /// The report of the smallest network, with a name that HTML would trip over.
    fn small() -> Report {
        let mut case = embedded_cases(1).unwrap().into_iter().find(|case| case.name == "ring").unwrap();
        case.title = "a ring of <24> & more".to_owned();
        let checked = case_report(&case, &[Method::Osborne], 1, Criteria::default(), &|_, _| {}).unwrap();
        Report {
            provenance: Provenance::collect(1),
            effort: crate::experiments::Effort::Full,
            claims: claim_texts().unwrap(),
            cases: vec![checked],
            experiments: Vec::new(),
            figures: Vec::new(),
            seconds: 1.0,
        }
    }

    #[test]
    fn every_link_leads_to_a_page_or_to_a_figure_of_the_report() {
        let report = small();
        let pages = pages(&report);
        let mut files: Vec<String> = pages.iter().map(|page| page.path.clone()).collect();
        files.push("report.json".to_owned());
        files.extend(
            report.named_figures().flat_map(|(name, _)| [format!("figures/{name}.svg"), format!("figures/{name}.csv")]),
        );
        let mut links = 0;
        for page in &pages {
            let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for link in page.html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                if link.starts_with('#') || link.starts_with("https://doi.org/") {
                    continue;
                }
                let link = link.split('#').next().unwrap_or_default();
                let target = match link.strip_prefix("../") {
                    Some(rest) => rest.to_owned(),
                    None if folder.is_empty() => link.to_owned(),
                    None => format!("{folder}/{link}"),
                };
                assert!(files.contains(&target), "{} links to {link}, which is not there", page.path);
                links += 1;
            }
        }
        assert!(links > 100, "{links}");
    }

    #[test]
    fn names_are_text_and_never_markup() {
        let pages = pages(&small());
        let network = pages.iter().find(|page| page.path == "networks/ring.html").unwrap();
        assert!(network.html.contains("a ring of &lt;24&gt; &amp; more"));
        assert!(!network.html.contains("<24>"));
    }

    #[test]
    fn what_falling_looks_like_stands_beside_every_claim() {
        let mut report = small();
        let shown = pages(&report);
        for claim in &report.claims {
            let page = shown.iter().find(|page| page.path == format!("claims/{}.html", claim.id)).unwrap();
            assert!(page.html.contains("Negative control"), "{}", claim.id);
            assert!(page.html.contains("class=\"outside\""), "{} shows no figure outside its bound", claim.id);
            assert!(shown[0].html.contains(&format!("claims/{}.html#control", claim.id)), "{}", claim.id);
        }
        assert!(report.all_held() && !shown[0].html.contains("DID NOT FALL"));
        // A check that cannot fall shows nothing, and the first page says so.
        report.claims[0].control.verdict = crate::claims::Verdict::Held;
        assert!(!report.all_held() && pages(&report)[0].html.contains("DID NOT FALL"));
    }

    #[test]
    fn every_picture_says_what_is_seen() {
        for page in pages(&small()) {
            let drawn = page.html.matches("<svg").count();
            assert_eq!(page.html.matches("role=\"img\"").count(), drawn, "{}", page.path);
            assert_eq!(page.html.matches("<desc>").count(), drawn, "{}", page.path);
        }
    }
}
