(** * The objects: networks, costs, the neural gradient, the flow

    Glossary.
    - [V]            the finite set of neurons (with the world node: one more element of [V])
    - [J i j]        the weight of the synapse from [j] to [i]
    - [C i j]        the cost of that synapse, [alpha i j * |J i j| ^ p]
    - [h i]          the log-scale of neuron [i]
    - [incoming C i] the sum of the costs of the synapses into [i], self-synapse excluded
    - [outgoing C i] the same for the synapses out of [i]
    - [grad C i]     the neural gradient, incoming minus outgoing; the self-synapse cancels
    - [balanced C]   every neural gradient is zero
    - [within_factor r x y] x is y up to a factor between e^{-r} and e^{r}

    The Rust code computes exactly these: [src/network/transform.rs], [src/cost/], [src/flow.rs]. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Export RealSums.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(** |x|^p for real p > 0. (Coq's [Rpower 0 p] is not 0, so zero is a case of its own.) *)
Definition abs_pow (p x : R) : R :=
  if Req_EM_T x 0 then 0 else Rpower (Rabs x) p.

(** Equal up to a factor between e^{-r} and e^{r}. *)
Definition within_factor (r x y : R) : Prop := exp (- r) <= x / y <= exp r.

Section Network.
Variable V : finType.

Implicit Types (J C F alpha : V -> V -> R) (h k x : V -> R).

(** ** The transform *)

(** A neuron of degree [k j] hands on its activity scaled by e^{k_j h_j}. *)
Definition rescale_deg k h J : V -> V -> R := fun i j => exp (- h i) * J i j * exp (k j * h j).

(** Degree one, the paper's: J' = e^{-H} J e^{H}. *)
Definition rescale h J : V -> V -> R := fun i j => exp (- h i) * J i j * exp (h j).

(** ** The cost *)

Definition cost alpha (p : R) J : V -> V -> R := fun i j => alpha i j * abs_pow p (J i j).

(** The costs after rescaling by [h]: C_ij(h) = w_ij e^{p (h_j - h_i)}. *)
Definition cost_at (w : V -> V -> R) (p : R) h : V -> V -> R :=
  fun i j => w i j * exp (p * (h j - h i)).

Definition total C : R := \rsum_(i) \rsum_(j) C i j.

Definition incoming C (i : V) : R := \rsum_(j | j != i) C i j.
Definition outgoing C (i : V) : R := \rsum_(j | j != i) C j i.

(** The neural gradient. *)
Definition grad C (i : V) : R := \rsum_(j) C i j - \rsum_(j) C j i.

Definition balanced C : Prop := forall i, grad C i = 0.

Definition nonnegative C : Prop := forall i j, 0 <= C i j.

(** The largest-scale norms used in the statements. *)
Definition norm2_sq x : R := \rsum_(i) (x i)^2.
Definition norm2 x : R := sqrt (norm2_sq x).

(** ** The flow *)

(** A solution of h' = g(h) on [t >= 0] ([is_derive] is two-sided inside, one may extend below 0). *)
Definition is_flow (w : V -> V -> R) (p : R) (h : R -> V -> R) : Prop :=
  forall t, 0 <= t -> forall i,
    is_derive (fun s => h s i) t (grad (cost_at w p (h t)) i).

(** The same flow on the weights, J'_ij = J_ij (g_j - g_i): the Lax form [J, diag g]. *)
Definition is_weight_flow alpha (p : R) (J : R -> V -> V -> R) : Prop :=
  forall t, 0 <= t -> forall i j,
    is_derive (fun s => J s i j) t
      (J t i j * (grad (cost alpha p (J t)) j - grad (cost alpha p (J t)) i)).

(** ** Graph facts *)

(** A step along a synapse of positive cost, from source [j] to target [i]. *)
Definition synapse C : rel V := fun j i => if Rlt_dec 0 (C i j) then true else false.

(** [i] can be reached from [j] along synapses of positive cost. *)
Definition reaches C (j i : V) : bool := connect (synapse C) j i.

(** Joined by synapses, whatever their direction: the same weak component. *)
Definition linked C : rel V := connect (fun i j => synapse C i j || synapse C j i).

(** Every synapse of positive cost lies on a directed cycle. *)
Definition on_cycles C : Prop := forall i j, 0 < C i j -> reaches C i j.

(** A circulation: inflow equals outflow at every neuron. *)
Definition circulation (F : V -> V -> R) : Prop := nonnegative F /\ balanced F.

End Network.
