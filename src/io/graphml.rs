//! GraphML (reading): nodes are neurons, edges are synapses from `source` to `target`, and one attribute of the edges is
//! their weight.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::edges::{EdgesError, NamedEdges, from_named_triplets};
use super::text::{NumberError, number};

/// What can be wrong with a GraphML file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraphMlError {
    /// The XML is damaged at byte `byte`: `reason`.
    #[error("the XML is damaged at or before byte {byte} (counted from 0): {reason}")]
    Xml {
        /// The byte where the reader stopped, counted from 0: behind the damage.
        byte: u64,
        /// What is wrong there.
        reason: String,
    },
    /// There is no edge attribute `name`.
    #[error("there is no edge attribute `{name}`; the edges have {found}")]
    NoSuchAttribute {
        /// The attribute that was asked for.
        name: String,
        /// What was found.
        found: String,
    },
    /// The edge from `source_name` to `target_name` has no `attribute`, and the attribute has no default.
    #[error("the edge from `{source_name}` to `{target_name}` has no `{attribute}`, and the attribute has no default")]
    NoWeight {
        /// The source's name.
        source_name: String,
        /// The target's name.
        target_name: String,
        /// The attribute that was to be the weight.
        attribute: String,
    },
    /// The edge from `source_name` to `target_name`: `error`.
    #[error("the edge from `{source_name}` to `{target_name}`: {error}")]
    BadWeight {
        /// The source's name.
        source_name: String,
        /// The target's name.
        target_name: String,
        /// What is wrong.
        error: NumberError,
    },
    /// An edge has no `missing`.
    #[error("an edge has no `{missing}`")]
    NoEnd {
        /// What is missing.
        missing: &'static str,
    },
    /// The edge from `source_name` to `target_name` ends at a node that is not listed.
    #[error("the edge from `{source_name}` to `{target_name}` ends at a node that is not listed")]
    NoSuchNode {
        /// The source's name.
        source_name: String,
        /// The target's name.
        target_name: String,
    },
    /// There are no edges.
    #[error("there are no edges")]
    NoEdges,
    /// The file has `what`, which is more than a network of neurons and synapses.
    #[error("the file has {what}, which is more than a network of neurons and synapses; write one plain graph")]
    NotPlain {
        /// What it has.
        what: &'static str,
    },
    /// Node `position` of the file has no `id`.
    #[error("node {position} (counted from 1) has no `id`")]
    NoId {
        /// The place among the nodes, counted from 1.
        position: usize,
    },
    /// Two nodes have the `id` `name`.
    #[error("two nodes have the id `{name}`; rename one")]
    DuplicateNode {
        /// Their name.
        name: String,
    },
    /// A fault found there: [`EdgesError`].
    #[error(transparent)]
    Edges(#[from] EdgesError),
}

/// The attribute of the weights, unless another is named.
const WEIGHT: &str = "weight";

struct Edge {
    source: String,
    target: String,
    directed: bool,
    data: HashMap<String, String>,
}

/// Reads a graph; `attribute` is the name of the edge attribute that holds the weights.
///
/// # Errors
/// XML that is damaged, no such attribute, a node without a name or two with one, an edge without a weight or with one that is no
/// number, a synapse twice; hyperedges, and graphs within a graph.
pub fn read(bytes: &[u8], attribute: Option<&str>) -> Result<NamedEdges, GraphMlError> {
    let mut reader = Reader::from_reader(bytes);
    let (mut names, mut edges): (Vec<String>, Vec<Edge>) = (Vec::new(), Vec::new());
    // Of edge attributes: identifier, name, default.
    let mut keys: Vec<(String, String, Option<String>)> = Vec::new();
    let (mut directed_by_default, mut graphs, mut key_of_edges) = (true, 0, false);
    let (mut in_edge, mut in_default, mut data_key) = (false, false, None);
    let mut text = String::new();
    loop {
        let event = reader.read_event();
        // What is wrong inside an event lies before its end; what is no event has a place of its own.
        let (read, wrong) = (reader.buffer_position(), reader.error_position());
        let broken = |reason: String| GraphMlError::Xml { byte: read, reason };
        let event = event.map_err(|error| GraphMlError::Xml { byte: wrong, reason: error.to_string() })?;
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let get = |name: &str| attribute_of(&element, name).map_err(&broken);
                text.clear();
                match element.local_name().as_ref() {
                    "graph" => {
                        directed_by_default = get("edgedefault")?.as_deref() != Some("undirected");
                        graphs += 1;
                        if graphs > 1 {
                            return Err(GraphMlError::NotPlain { what: "more than one graph" });
                        }
                    }
                    "hyperedge" => return Err(GraphMlError::NotPlain { what: "hyperedges" }),
                    "key" => {
                        let domain = get("for")?.unwrap_or_default();
                        key_of_edges = matches!(domain.as_str(), "edge" | "all" | "");
                        if key_of_edges {
                            let id = get("id")?.unwrap_or_default();
                            keys.push((id.clone(), get("attr.name")?.unwrap_or(id), None));
                        }
                    }
                    // Nodes have attributes with defaults, too.
                    "default" => in_default = !empty && key_of_edges,
                    "node" => {
                        let position = names.len() + 1;
                        names.push(get("id")?.ok_or(GraphMlError::NoId { position })?);
                    }
                    "edge" => {
                        let source = get("source")?.ok_or(GraphMlError::NoEnd { missing: "source" })?;
                        let target = get("target")?.ok_or(GraphMlError::NoEnd { missing: "target" })?;
                        let directed = get("directed")?.map_or(directed_by_default, |value| value == "true");
                        edges.push(Edge { source, target, directed, data: HashMap::new() });
                        in_edge = !empty;
                    }
                    "data" if in_edge && !empty => data_key = get("key")?,
                    _ => {}
                }
            }
            Event::Text(part) => text += part.trim(),
            Event::CData(part) => text += part.trim(),
            Event::GeneralRef(name) if in_default || data_key.is_some() => {
                return Err(broken(format!("`&{};` in a number", &*name)));
            }
            Event::End(element) => match element.local_name().as_ref() {
                "edge" => in_edge = false,
                "default" if in_default => {
                    in_default = false;
                    if let Some(key) = keys.last_mut() {
                        key.2 = Some(text.clone());
                    }
                }
                "data" => {
                    if let (Some(key), Some(edge)) = (data_key.take(), edges.last_mut()) {
                        edge.data.insert(key, text.clone());
                    }
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    if edges.is_empty() {
        return Err(GraphMlError::NoEdges);
    }
    let wanted = attribute.unwrap_or(WEIGHT);
    let Some((key, _, default)) = keys.iter().find(|(_, name, _)| name == wanted) else {
        let found: Vec<String> = keys.iter().map(|(_, name, _)| format!("`{name}`")).collect();
        let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        return Err(GraphMlError::NoSuchAttribute { name: wanted.to_owned(), found });
    };
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (k, name) in names.iter().enumerate() {
        if numbers.insert(name, k).is_some() {
            return Err(GraphMlError::DuplicateNode { name: name.clone() });
        }
    }
    let mut triplets = Vec::new();
    let mut both_ways = 0;
    for edge in &edges {
        let (source_name, target_name) = (|| edge.source.clone(), || edge.target.clone());
        let (Some(&j), Some(&i)) = (numbers.get(edge.source.as_str()), numbers.get(edge.target.as_str())) else {
            return Err(GraphMlError::NoSuchNode { source_name: source_name(), target_name: target_name() });
        };
        let Some(text) = edge.data.get(key).or(default.as_ref()) else {
            let attribute = wanted.to_owned();
            return Err(GraphMlError::NoWeight { source_name: source_name(), target_name: target_name(), attribute });
        };
        let value = number(text.as_bytes()).map_err(|error| GraphMlError::BadWeight {
            source_name: source_name(),
            target_name: target_name(),
            error,
        })?;
        triplets.push((i, j, value));
        if !edge.directed && i != j {
            both_ways += 1;
            triplets.push((j, i, value));
        }
    }
    let weights = from_named_triplets(&names, triplets)?;
    let mut notices = vec![format!("the weights are the edge attribute `{wanted}`, from source to target")];
    if both_ways > 0 {
        notices.push(format!("{both_ways} edges are undirected: each is two synapses"));
    }
    Ok(NamedEdges { weights, names, notices })
}

fn attribute_of(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = element.try_get_attribute(name).map_err(|error| error.to_string())?;
    let Some(found) = found else { return Ok(None) };
    quick_xml::escape::unescape(&found.value).map(|text| Some(text.into_owned())).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_without_a_weight_has_the_one_that_its_key_names() {
        let key = "<key id='d' for='edge' attr.name='weight'><default>2.5</default></key>";
        let edges = "<edge source='a' target='b'/><edge source='b' target='a'><data key='d'>4</data></edge>";
        let graph = |key: &str| format!("<graphml>{key}<graph><node id='a'/><node id='b'/>{edges}</graph></graphml>");
        let found = read(graph(key).as_bytes(), None).unwrap();
        let synapses: Vec<_> = found.weights.triplets().map(|(i, j, &weight)| (i, j, weight)).collect();
        assert_eq!(synapses, [(0, 1, 4.0), (1, 0, 2.5)]);
        let none = graph("<key id='d' for='edge' attr.name='weight'/>");
        assert!(matches!(read(none.as_bytes(), None), Err(GraphMlError::NoWeight { .. })));
    }

    /// A graph of two neurons with these keys and edges.
    fn graph(keys: &str, edges: &str) -> Result<NamedEdges, GraphMlError> {
        let nodes = "<node id='a'/><node id='b'/>";
        read(format!("<graphml>{keys}<graph edgedefault='directed'>{nodes}{edges}</graph></graphml>").as_bytes(), None)
    }

    const KEY: &str = "<key id='d' for='edge' attr.name='weight'/>";

    /// The first example of GraphML's own primer has a colour of nodes with a default, behind the weights of edges.
    #[test]
    fn a_default_of_nodes_is_none_of_edges() {
        let keys = format!("{KEY}<key id='c' for='node' attr.name='size'><default>3</default></key>");
        let found = graph(&keys, "<edge source='a' target='b'/>");
        assert!(matches!(found, Err(GraphMlError::NoWeight { .. })), "{found:?}");
        for domain in ["for='edge'", "for='all'", ""] {
            let keys = format!("<key id='d' {domain} attr.name='weight'><default>3</default></key>{keys}");
            let found = graph(&keys, "<edge source='a' target='b'/>").unwrap();
            assert_eq!(
                found.weights.triplets().map(|(i, j, &weight)| (i, j, weight)).collect::<Vec<_>>(),
                [(1, 0, 3.0)]
            );
        }
    }

    #[test]
    fn numbers_are_read_whole_or_not_at_all() {
        let weight = |text: &str| {
            let edge =
                format!("<edge source='a' target='b'><data key='d'> {text} </data><data key='e'>9</data></edge>");
            graph(KEY, &edge).map(|found| found.weights.triplets().map(|(_, _, &weight)| weight).collect::<Vec<_>>())
        };
        assert_eq!(weight("2.5").unwrap(), [2.5]);
        assert_eq!(weight("<![CDATA[2.5]]>").unwrap(), [2.5]);
        assert_eq!(weight("2<!-- or not -->.5").unwrap(), [2.5]);
        assert!(matches!(weight("2&#46;5"), Err(GraphMlError::Xml { .. })));
        assert!(matches!(weight("x"), Err(GraphMlError::BadWeight { .. })));
        assert!(matches!(weight(""), Err(GraphMlError::BadWeight { error: NumberError::Absent, .. })));
    }

    #[test]
    fn directions_are_those_of_the_edge_or_of_its_graph() {
        let found = |default: &str, edge: &str| {
            let text = format!(
                "<graphml>{KEY}<graph {default}><node id='a'/><node id='b'/><edge source='a' target='b' {edge}><data key='d'>2</data></edge>\
                 <edge source='b' target='b' {edge}><data key='d'>3</data></edge></graph></graphml>"
            );
            let found = read(text.as_bytes(), None).unwrap();
            (found.weights.triplets().map(|(i, j, &weight)| (i, j, weight)).collect::<Vec<_>>(), found.notices.len())
        };
        let (one, both) = ((vec![(1, 0, 2.0), (1, 1, 3.0)], 1), (vec![(0, 1, 2.0), (1, 0, 2.0), (1, 1, 3.0)], 2));
        for (default, edge, expected) in [
            ("", "", &one),
            ("edgedefault='directed'", "", &one),
            ("edgedefault='undirected'", "", &both),
            ("edgedefault='undirected'", "directed='true'", &one),
            ("edgedefault='directed'", "directed='false'", &both),
        ] {
            assert_eq!(&found(default, edge), expected, "{default} {edge}");
        }
    }

    #[test]
    fn what_is_no_plain_graph_is_said() {
        let edge = "<edge source='a' target='b'><data key='d'>2</data></edge>";
        for (keys, inside, expected) in [
            (KEY, "", "there are no edges"),
            (KEY, "<node id='a'/><edge source='a' target='b'/>", "two nodes have the id `a`; rename one"),
            (KEY, "<node/>", "node 3 (counted from 1) has no `id`"),
            (KEY, "<edge source='a'/>", "an edge has no `target`"),
            (KEY, "<edge target='a'/>", "an edge has no `source`"),
            (KEY, "<edge source='a' target='c'/>", "the edge from `a` to `c` ends at a node that is not listed"),
            (KEY, "<edge source='c' target='a'/>", "the edge from `c` to `a` ends at a node that is not listed"),
            (
                KEY,
                "<hyperedge/>",
                "the file has hyperedges, which is more than a network of neurons and synapses; write one plain graph",
            ),
            (
                KEY,
                "<node id='c'><graph/></node>",
                "the file has more than one graph, which is more than a network of neurons and synapses; write one plain graph",
            ),
            ("", edge, "there is no edge attribute `weight`; the edges have none"),
            (
                "<key id='e' for='edge' attr.name='size'/><key id='f'/>",
                edge,
                "there is no edge attribute `weight`; the edges have `size`, `f`",
            ),
            ("<key id='weight' for='node'/>", edge, "there is no edge attribute `weight`; the edges have none"),
        ] {
            let said = graph(keys, inside).unwrap_err().to_string();
            assert_eq!(said, expected, "{keys} {inside}");
        }
        // A key without a name is known by its identifier.
        assert!(graph("<key id='weight'/>", &edge.replace("'d'", "'weight'")).is_ok());
        assert!(read(format!("<graphml>{KEY}</graphml>").as_bytes(), Some("d")).is_err());
    }

    #[test]
    fn damage_is_found_where_it_begins() {
        for (text, damaged) in [
            ("<graphml><graph edgedefault='directed'><edge source='a' target='b'", "<edge"),
            ("<graphml><graph></edge></graph></graphml>", "</edge>"),
        ] {
            let error = read(text.as_bytes(), None).unwrap_err();
            let GraphMlError::Xml { byte, .. } = error else { panic!("{error}") };
            assert_eq!(Some(byte as usize), text.find(damaged), "{text}");
        }
    }
}
