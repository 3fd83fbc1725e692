(** * Claim [noise_robustness], over time: paths, the limit of every rescaling, several steps

    Source: beyond Stock et al. 2022; design, section 2c.

    Glossary.
    - [noisy_euler tau phi N dt sigma xi u x]  x follows Euler's method with step dt; after every step the noise
      sigma_i xi_t,i is added to the state (Euler-Maruyama for sigma_i = s sqrt(dt) and normal xi)
    - [noisy_discrete phi N sigma xi u x]  x_{t+1} = J phi(x_t) + W_in u_t + b + sigma xi_t: the state is what the
      neurons receive, as in the program's simulator
    - [noise_sizes s h]        the sizes s e^{h_i}
    - [noise_of G h], [activity_of P h]  sum_j G_j e^{2 h_j} and sum_j P_j e^{-2 h_j}
    - [accumulated steps a J]  sum over the steps m of a_m (J^m)o(J^m), o the product entry by entry *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop path fingraph.
From Synbal Require Import Defs FlowDefs Networks Matrices.
From Synbal.Statements Require Import noise_robustness.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Local Open Scope R_scope.

(** ** Paths *)

Definition noisy_euler (V I O : finType) (tau : V -> R) (phi : V -> R -> R) (N : network V I O) (dt : R)
    (sigma : V -> R) (xi : nat -> V -> R) (u : nat -> I -> R) (x : nat -> V -> R) : Prop :=
  (forall i, x 0%nat i = start N i) /\
  forall t i, x (S t) i = x t i + dt / tau i * (- x t i + drive N phi (x t) (u t) i) + sigma i * xi t i.

Definition noisy_discrete (V I O : finType) (phi : V -> R -> R) (N : network V I O)
    (sigma : V -> R) (xi : nat -> V -> R) (u : nat -> I -> R) (x : nat -> V -> R) : Prop :=
  (forall i, x 0%nat i = start N i) /\
  forall t i, x (S t) i = drive N phi (x t) (u t) i + sigma i * xi t i.

Definition noise_sizes (V : finType) (s : R) (h : V -> R) : V -> R := fun i => s * exp (h i).

(** Path by path, whatever the noise: the rescaled network under noise of size sigma_i has the outputs of the given network
    under noise of size sigma_i e^{h_i}, in every step. *)
Definition S_noise_robustness_paths_euler : Prop :=
  forall (V I O : finType) (N : network V I O) (h tau sigma : V -> R) (phi : V -> R -> R),
  (forall i, homogeneous 1 (phi i)) ->
  forall (dt : R) (xi : nat -> V -> R) (u : nat -> I -> R) (x x' : nat -> V -> R),
  noisy_euler tau phi N dt (fun i => sigma i * exp (h i)) xi u x ->
  noisy_euler tau phi (transform (fun=> 1) h N) dt sigma xi u x' ->
  forall t, (forall i, x' t i = scaled h (x t) i) /\
            (forall o, output (transform (fun=> 1) h N) phi (x' t) o = output N phi (x t) o).

(** The same in discrete time, for outputs read from the activation or from the state itself. *)
Definition S_noise_robustness_paths_discrete : Prop :=
  forall (V I O : finType) (N : network V I O) (h sigma : V -> R) (phi : V -> R -> R),
  (forall i, homogeneous 1 (phi i)) ->
  forall (xi : nat -> V -> R) (u : nat -> I -> R) (x x' : nat -> V -> R),
  noisy_discrete phi N (fun i => sigma i * exp (h i)) xi u x ->
  noisy_discrete phi (transform (fun=> 1) h N) sigma xi u x' ->
  forall t, (forall i, x' t i = scaled h (x t) i) /\
            (forall o, readout (transform (fun=> 1) h N) (x' t) o = readout N (x t) o) /\
            (forall o, output (transform (fun=> 1) h N) phi (x' t) o = output N phi (x t) o).

(** So every loss of the outputs is one function of the sizes of the noise: there is L such that the loss of every
    rescaling h under noise of size s, over whatever trials (each with its noise and its input), is L (s e^{h}). *)
Definition S_noise_robustness_loss : Prop :=
  forall (V I O Trial : finType) (N : network V I O) (tau : V -> R) (phi : V -> R -> R) (dt : R)
         (xi : Trial -> nat -> V -> R) (u : Trial -> nat -> I -> R) (loss : (Trial -> nat -> O -> R) -> R),
  (forall i, homogeneous 1 (phi i)) ->
  (forall y z, (forall b t o, y b t o = z b t o) -> loss y = loss z) ->
  exists L : (V -> R) -> R,
    forall (h : V -> R) (s : R) (x : Trial -> nat -> V -> R),
    (forall b, noisy_euler tau phi (transform (fun=> 1) h N) dt (fun=> s) (xi b) (u b) (x b)) ->
    loss (fun b t => output (transform (fun=> 1) h N) phi (x b t)) = L (noise_sizes s h).

(** It depends on the gauge, which no cost sees: h + c leaves the weights between neurons, hence every cost of theirs, as
    they are, and multiplies all sizes of the noise by e^{c}. *)
Definition S_noise_robustness_gauge : Prop :=
  forall (V : finType) (h : V -> R) (c s : R),
  (forall J : V -> V -> R, forall i j, rescale (fun k => h k + c) J i j = rescale h J i j) /\
  (forall i, noise_sizes s (fun k => h k + c) i = noise_sizes (exp c * s) h i).

(** ** The limit

    To first order the noise at the read-out is proportional to sum_j G_j e^{2 h_j} and the activity is
    sum_j P_j e^{-2 h_j}, where G_j >= 0 is the sensitivity of the outputs to the state of neuron j, and P_j >= 0 its mean
    square. *)

Definition noise_of (V : finType) (G h : V -> R) : R := \rsum_(j) (G j * exp (2 * h j)).
Definition activity_of (V : finType) (P h : V -> R) : R := \rsum_(j) (P j * exp (- (2 * h j))).

(** Whatever the rescaling, noise times activity is at least (sum_j sqrt (P_j G_j))^2. *)
Definition S_noise_robustness_limit : Prop :=
  forall (V : finType) (P G h : V -> R),
  (forall j, 0 <= P j) -> (forall j, 0 <= G j) ->
  (\rsum_(j) sqrt (P j * G j)) ^ 2 <= noise_of G h * activity_of P h.

(** With all P_j and G_j positive it is attained, exactly where e^{2 h_j} is proportional to sqrt (P_j / G_j). *)
Definition S_noise_robustness_limit_attained : Prop :=
  forall (V : finType) (P G h : V -> R),
  (forall j, 0 < P j) -> (forall j, 0 < G j) ->
  (noise_of G h * activity_of P h = (\rsum_(j) sqrt (P j * G j)) ^ 2 <->
   exists c, 0 < c /\ forall j, exp (2 * h j) = c * sqrt (P j / G j)).

(** In general, with noise and activity, it is attained exactly where one and the same c > 0 has
    G_j e^{2 h_j} = c P_j e^{-2 h_j} for every neuron: so only if P_j and G_j vanish together. *)
Definition S_noise_robustness_limit_equality : Prop :=
  forall (V : finType) (P G h : V -> R),
  (forall j, 0 <= P j) -> (forall j, 0 <= G j) -> 0 < noise_of G h -> 0 < activity_of P h ->
  (noise_of G h * activity_of P h = (\rsum_(j) sqrt (P j * G j)) ^ 2 <->
   exists c, 0 < c /\ forall j, G j * exp (2 * h j) = c * (P j * exp (- (2 * h j)))).

(** And it is the infimum in every case, also where single P_j or G_j vanish and nothing attains it. *)
Definition S_noise_robustness_limit_infimum : Prop :=
  forall (V : finType) (P G : V -> R),
  (forall j, 0 <= P j) -> (forall j, 0 <= G j) ->
  forall e, 0 < e -> exists h, noise_of G h * activity_of P h < (\rsum_(j) sqrt (P j * G j)) ^ 2 + e.

(** ** Several steps *)

(** The noise that a linear network passes on in the steps m of [steps], each with its weight a_m: sum_m a_m (J^m)o(J^m), entry
    by entry. A list of steps with repetitions is allowed; a_m = 1 accumulates, a_m = g^m discounts. *)
Definition accumulated (V : finType) (steps : seq nat) (a : nat -> R) (J : V -> V -> R) : V -> V -> R :=
  fun i j => \rsum_(m in steps) (a m * (mpow J m i j) ^ 2).

(** Caution: one-step balance does not always lower the noise over several steps. The squares of this network of three
    neurons are balanced, and yet another network of the same orbit has less noise over steps 1 and 2. *)
Definition S_noise_robustness_caution : Prop :=
  exists (J : 'I_3 -> 'I_3 -> R) (h : 'I_3 -> R),
  balanced (cost (fun _ _ => 1) 2 J) /\
  total (accumulated [:: 1%nat; 2%nat] (fun=> 1) (rescale h J)) < total (accumulated [:: 1%nat; 2%nat] (fun=> 1) J).

(** The accumulated noise transforms like a cost with p = 2, so that what is proved of costs at [cost_at w p h] for
    arbitrary w >= 0 holds for it: convexity, existence, uniqueness, the flow, the bounds. *)
Definition S_noise_robustness_accumulated : Prop :=
  forall (V : finType) (steps : seq nat) (a : nat -> R) (J : V -> V -> R),
  (forall m, 0 <= a m) ->
  nonnegative (accumulated steps a J) /\
  forall h i j, accumulated steps a (rescale h J) i j = cost_at (accumulated steps a J) 2 h i j.

(** A rescaling minimises the noise accumulated over the steps exactly if it balances their matrix. *)
Definition S_noise_robustness_accumulated_minimum : Prop :=
  forall (V : finType) (steps : seq nat) (a : nat -> R) (J : V -> V -> R) (h : V -> R),
  (forall m, 0 <= a m) ->
  (balanced (accumulated steps a (rescale h J)) <->
   forall k, total (accumulated steps a (rescale h J)) <= total (accumulated steps a (rescale k J))).

(** Such a rescaling exists exactly if every entry of the matrix lies on a cycle of it; then the matrix is unique, and so is
    the rescaling up to a constant on each weak component. *)
Definition S_noise_robustness_accumulated_unique : Prop :=
  forall (V : finType) (steps : seq nat) (a : nat -> R) (J : V -> V -> R),
  (forall m, 0 <= a m) ->
  ((exists h, balanced (accumulated steps a (rescale h J))) <-> on_cycles (accumulated steps a J)) /\
  (forall h k, balanced (accumulated steps a (rescale h J)) -> balanced (accumulated steps a (rescale k J)) ->
     (forall i j, accumulated steps a (rescale h J) i j = accumulated steps a (rescale k J) i j) /\
     (forall i j, linked (accumulated steps a J) i j -> h i - k i = h j - k j)).

(** It is the noise of the steps: unit noise at the start of a linear network without input is, m steps
    later, J^m xi. *)
Definition S_noise_robustness_accumulated_noise : Prop :=
  forall (Omega V : finType) (q : Omega -> R) (xi : Omega -> V -> R) (steps : seq nat) (a : nat -> R) (J : V -> V -> R),
  unit_noise q xi ->
  \rsum_(m in steps) (a m * expectation q (fun o => norm2_sq (mvec (mpow J m) (xi o)))) = total (accumulated steps a J).

(** ** Any expectation

    The noise that the program samples is normal and has no finite space of outcomes. The identity needs no more of an
    expectation than that it is linear on the random variables that have one, D: for normal noise, integrals on the
    integrable ones. *)

Definition linear_on (Omega : Type) (D : (Omega -> R) -> Prop) (E : (Omega -> R) -> R) : Prop :=
  D (fun=> 0) /\
  forall (a b : R) (X Y : Omega -> R), D X -> D Y ->
    D (fun o => a * X o + b * Y o) /\ E (fun o => a * X o + b * Y o) = a * E X + b * E Y.

(** For any linear functional E with E[xi_i xi_j] = 1 if i = j and 0 if not: the expected squared effect of the noise is s^2 times the
    robustness cost. *)
Definition S_noise_robustness_expectation : Prop :=
  forall (Omega : Type) (V : finType) (D : (Omega -> R) -> Prop) (E : (Omega -> R) -> R) (xi : Omega -> V -> R)
         (s : R) (r : V -> R) (J : V -> V -> R),
  linear_on D E ->
  (forall i j, D (fun o => xi o i * xi o j) /\ E (fun o => xi o i * xi o j) = if i == j then 1 else 0) ->
  let power := fun o => \rsum_(i) (\rsum_(j) (J i j * (r j * (s * xi o j)))) ^ 2 in
  D power /\ E power = s ^ 2 * total (cost (robustness_alpha r) 2 J).

(** The gains r_j do not change under the transform: with degree one, the slope of the activation at the scaled state
    e^{-h} x is its slope at x. *)
Definition S_noise_robustness_gains : Prop :=
  forall (phi : R -> R) (h x slope : R),
  homogeneous 1 phi -> is_derive phi x slope -> is_derive phi (exp (- h) * x) slope.
