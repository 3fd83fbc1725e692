//! What is said of a file beside its name, against what it holds: nothing that was said is passed over.

use std::path::Path;

use super::{ReadError, ReadOptions};

/// What a file turned out to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// One matrix in a format that has nothing else.
    Matrix,
    /// Lines of fields.
    Table,
    /// Matrices with names, one of which is read.
    NamedMatrices,
    /// Nodes and edges with attributes.
    Graph,
    /// Tensors of a whole model.
    Model,
}

impl Holds {
    fn name(self) -> &'static str {
        match self {
            Holds::Matrix => "a single matrix",
            Holds::Table => "a table",
            Holds::NamedMatrices => "matrices with names",
            Holds::Graph => "a graph",
            Holds::Model => "a whole model",
        }
    }

    /// Refuses what makes no difference to how such a file is read: who said it expects one. (That a table is a matrix is about
    /// tables only, and says nothing of what is none.)
    ///
    /// # Errors
    /// [`ReadError::DoesNotApply`] for the first such thing.
    pub(super) fn refuse_what_does_not_apply(self, path: &Path, options: &ReadOptions) -> Result<(), ReadError> {
        let (form, layout) = (&options.form, &options.layout);
        let said = [
            (layout.file.is_some(), "the layout of its tensors", self == Holds::Model),
            (!layout.untouched.is_empty(), "the name of an untouched tensor", self == Holds::Model),
            (form.edges.is_some(), "the columns of a list of edges", self == Holds::Table),
            (form.transpose, "that rows are sources", self != Holds::Model),
            (form.variable.is_some(), "the name of a variable", matches!(self, Holds::NamedMatrices | Holds::Graph)),
        ];
        match said.into_iter().find(|&(given, _, applies)| given && !applies) {
            Some((_, what, _)) => Err(ReadError::DoesNotApply { path: path.to_owned(), what, holds: self.name() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Form;
    use crate::io::layouts::{LayoutFile, LayoutOptions};

    /// The table of what applies to what, written out.
    #[test]
    fn what_is_said_applies_or_is_refused() {
        let layout = LayoutFile::parse("[tensors]\n\"a\" = [\"target n\", \"source n\"]\n").unwrap();
        let plain = ReadOptions::default;
        let form = Form::default;
        let edges: super::super::edges::EdgeColumns = "1,2,3".parse().unwrap();
        let said = [
            (plain(), "MTNGW"),
            (plain().with_layout(LayoutOptions::default().with_file(layout)), "W"),
            (plain().with_layout(LayoutOptions::default().with_untouched(vec!["b".to_owned()])), "W"),
            (plain().with_form(form().with_edges(edges)), "T"),
            (plain().with_form(form().with_matrix(true)), "MTNGW"),
            (plain().with_form(form().with_transpose(true)), "MTNG"),
            (plain().with_form(form().with_variable("a".to_owned())), "NG"),
        ];
        for (options, applies_to) in said {
            for (letter, holds) in [
                ('M', Holds::Matrix),
                ('T', Holds::Table),
                ('N', Holds::NamedMatrices),
                ('G', Holds::Graph),
                ('W', Holds::Model),
            ] {
                let result = holds.refuse_what_does_not_apply(Path::new("file"), &options);
                assert_eq!(result.is_ok(), applies_to.contains(letter), "{options:?} of {}", holds.name());
            }
        }
    }
}
