(** * What a statement assumes: how many hypotheses it has, and the proposition that something satisfies them all

    [gate/examples] reads both off the statement as Coq understands it, so that an example cannot drift from its statement:
    [premises S] is the number of its hypotheses, [satisfiable S] is

      there are the objects that S is about, which have all the properties that S asks of them.

    So that "all" does not mean "none", the objects have to be there: a finite set that S is about has two elements, and a
    matrix (also a flow of matrices, at time 0) has an entry that is not zero, from one neuron to another.

    A hypothesis is a proposition in front of an arrow, at the top of the statement or of the parts of its conclusion; A /\ B are
    two. What a statement names with [let] is put in its place (by [unfold]). What stands behind [exists] or within a definition is
    not looked into. *)

From Coq Require Import Reals.
From mathcomp Require Import ssreflect fintype.

Definition has_two (V : Type) : Prop := exists a b : V, a <> b.

Definition connects (V : Type) (M : V -> V -> R) : Prop := exists a b : V, a <> b /\ M a b <> 0%R.

Ltac conjuncts A :=
  lazymatch A with
  | ?B /\ ?C => let b := conjuncts B in let c := conjuncts C in eval cbv in (b + c)
  | _ => constr:(1)
  end.

Ltac premises T :=
  lazymatch T with
  | (forall x : ?A, @?B x) =>
      let y := fresh "y" in
      let f := constr:(fun y : A => ltac:(let t := eval cbv beta in (B y) in let n := premises t in exact n)) in
      lazymatch f with
      | fun _ => ?n =>
          lazymatch type of A with
          | Prop => let m := conjuncts A in eval cbv in (m + n)
          | _ => n
          end
      end
  | ?A /\ ?B => let a := premises A in let b := premises B in eval cbv in (max a b)
  | _ => constr:(0)
  end.

(** That an object of the type A is there. *)
Ltac present A x :=
  lazymatch A with
  | Finite.type => constr:(has_two (Finite.sort x))
  | (?V -> ?V -> R) => constr:(connects V x)
  | (R -> ?V -> ?V -> R) => constr:(connects V (x 0%R))
  | _ => constr:(True)
  end.

Ltac both A B :=
  lazymatch A with
  | True => B
  | _ => lazymatch B with True => A | _ => constr:(A /\ B) end
  end.

Ltac satisfied T :=
  lazymatch T with
  | (forall x : ?A, @?B x) =>
      let y := fresh x in
      let f := constr:(fun y : A => ltac:(let t := eval cbv beta in (B y) in
                                          let here := present A y in
                                          let rest := satisfied t in
                                          let all := both here rest in
                                          exact all)) in
      lazymatch f with
      | fun _ => True => lazymatch type of A with Prop => A | _ => constr:(True) end
      | fun _ => ?rest => lazymatch type of A with Prop => constr:(A /\ rest) | _ => constr:(exists _ : A, rest) end
      | _ => constr:(@ex A f)
      end
  | ?A /\ ?B => let a := satisfied A in let b := satisfied B in both a b
  | _ => constr:(True)
  end.

Ltac satisfiable S := let T := eval unfold S in S in let t := satisfied T in exact t.
