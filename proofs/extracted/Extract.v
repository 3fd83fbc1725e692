(** * The proved checker as an OCaml program

    [accepts] of [Weights.v], [pair_ok], [weights_ok] and [as_written] of [Pairs.v] and all they call become OCaml, with Coq's integers replaced by those of Zarith. What one has
    to trust besides Coq's extraction are the directives below, line by line: each says that an OCaml expression
    computes what the Coq function does. [integers.ml] has those longer than a call. *)

From Coq Require Import ZArith List Extraction.
From Synbal Require Import Checker Weights Pairs Accumulated.

Extraction Language OCaml.

Extract Inductive bool => "bool" [ "true" "false" ].
Extract Inductive list => "list" [ "[]" "(::)" ].
Extract Inductive prod => "( * )" [ "(,)" ].
Extract Inductive option => "option" [ "Some" "None" ].
Extract Inductive nat => "int" [ "0" "succ" ] "(fun zero next n -> if n = 0 then zero () else next (n - 1))".

Extract Inductive positive => "Integers.t" [ "Integers.xi" "Integers.xo" "Integers.one" ] "Integers.positive_case".
Extract Inductive Z => "Integers.t" [ "Integers.zero" "Integers.same" "Integers.neg" ] "Integers.z_case".

Extract Constant Pos.succ => "Integers.succ".
Extract Constant Pos.eqb => "Integers.equal".
Extract Constant Pos.ltb => "Integers.lt".
Extract Constant Z.add => "Integers.add".
Extract Constant Z.sub => "Integers.sub".
Extract Constant Z.mul => "Integers.mul".
Extract Constant Z.opp => "Integers.neg".
Extract Constant Z.abs => "Integers.abs".
Extract Constant Z.max => "Integers.max".
Extract Constant Z.min => "Integers.min".
Extract Constant Z.eqb => "Integers.equal".
Extract Constant Z.leb => "Integers.leq".
Extract Constant Z.ltb => "Integers.lt".
Extract Constant Z.div_eucl => "Integers.div_eucl".
Extract Constant Z.div => "Integers.div".
Extract Constant Z.pow => "Integers.pow".
Extract Constant Z.shiftl => "Integers.shiftl".
Extract Constant Z.sqrt => "Integers.sqrt".

(** Long lists: the library's [map] is not a loop. *)
Extract Constant List.map => "(fun f l -> List.rev (List.rev_map f l))".

Extraction "checker.ml" accepts pair_ok weights_ok as_written accepts_noise noise_file.
