(** * Matrices indexed by the neurons: definitions

    Glossary. A matrix is a function [V -> V -> R]; row = target neuron, column = source neuron.
    - [mmul A B], [mpow A m], [diag g], [commutator A B]   product, power, diagonal matrix, A B - B A
    - [mtrace A]          the sum of the diagonal
    - [determinant A]     Leibniz' sum over the permutations of the neurons
    - [char_poly J x]     det (x I - J), the characteristic polynomial as a function of x (two real
                          polynomials that agree everywhere have the same coefficients)
    - [eigenvalue J a b]  a + i b is an eigenvalue of J (with the eigenvector u + i v)
    - [walk_product J x s] the product of the weights along the walk that starts at x and visits s in
                          order; the walk is closed when it ends where it began *)

From Synbal Require Import Defs.
From Coq Require Import Reals.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop finset fingroup perm.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Section Matrices.
Variable V : finType.
Implicit Types (A B J : V -> V -> R) (g x : V -> R).

Definition mmul A B : V -> V -> R := fun i j => \rsum_(l) (A i l * B l j).

Definition mone : V -> V -> R := fun i j => if i == j then 1 else 0.

Fixpoint mpow A (m : nat) : V -> V -> R := if m is m'.+1 then mmul A (mpow A m') else mone.

Definition diag g : V -> V -> R := fun i j => if i == j then g i else 0.

Definition commutator A B : V -> V -> R := fun i j => mmul A B i j - mmul B A i j.

Definition mvec A x : V -> R := fun i => \rsum_(j) (A i j * x j).

Definition mtrace A : R := \rsum_(i) A i i.

Definition determinant A : R :=
  \big[Rplus/0]_(s : {perm V}) ((if odd_perm s then -1 else 1) * \big[Rmult/1]_(i : V) A i (s i)).

Definition char_poly J (x : R) : R := determinant (fun i j => diag (fun=> x) i j - J i j).

Definition eigenvalue J (a b : R) : Prop := exists u v : V -> R,
  ~ (forall i, u i = 0 /\ v i = 0) /\
  forall i, mvec J u i = a * u i - b * v i /\ mvec J v i = b * u i + a * v i.

Fixpoint walk_product J (x : V) (s : seq V) : R :=
  if s is y :: s' then J y x * walk_product J y s' else 1.

End Matrices.
