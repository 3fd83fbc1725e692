use synbal::{balance::*, claims::*, tasks::*};
fn main() {
    let only = std::env::args().nth(1);
    for case in embedded_cases(1).unwrap() {
        if only.as_deref().is_some_and(|o| o != case.name) {
            continue;
        }
        let s = std::time::Instant::now();
        let subject = Subject::new(
            case.network,
            case.spec,
            case.scope,
            &Method::ALL,
            Stop { max_passes: 250_000, ..Stop::default() },
            1,
            &|_| (),
        )
        .unwrap();
        println!("== {} {:.2}s", case.name, s.elapsed().as_secs_f64());
        for r in subject.all_runs() {
            println!("   {:15} {:?} {:.1e} {:.3}s", r.outcome.method, r.outcome.status, r.imbalance_final, r.seconds);
        }
        for c in REGISTRY {
            let s = std::time::Instant::now();
            let e = (c.check)(&subject).unwrap();
            println!(" {} {} {:.2}s", c.id, e.verdict().word(), s.elapsed().as_secs_f64());
            for m in &e.measurements {
                println!("    {} {:.3e} {:.3e} {}", if m.holds() { "ok " } else { "BAD" }, m.value, m.bound, m.what);
            }
            for n in &e.notes {
                println!("      - {n}");
            }
        }
    }
}
