import type { BindingId, MemberId } from '@serverctl/core';
import type { Truth } from '../truth.ts';

/** The truth of a world that has not begun: judges are made before it, and ask only when something happens in it. */
export class LateTruth implements Truth {
  #real: Truth | null = null;

  begin(truth: Truth): void {
    this.#real = truth;
  }

  get #truth(): Truth {
    if (this.#real === null) throw new Error('the world has not begun');
    return this.#real;
  }

  get instance() {
    return this.#truth.instance;
  }
  get house() {
    return this.#truth.house;
  }
  get replicas() {
    return this.#truth.replicas;
  }
  get hosts() {
    return this.#truth.hosts;
  }
  get bindings() {
    return this.#truth.bindings;
  }
  get faults() {
    return this.#truth.faults;
  }
  now() {
    return this.#truth.now();
  }
  host(memberId: MemberId) {
    return this.#truth.host(memberId);
  }
  linked(memberId: MemberId, replica: string) {
    return this.#truth.linked(memberId, replica);
  }
  lastHeardAt(memberId: MemberId) {
    return this.#truth.lastHeardAt(memberId);
  }
  lastSentAt(memberId: MemberId) {
    return this.#truth.lastSentAt(memberId);
  }
  binding(bindingId: BindingId) {
    return this.#truth.binding(bindingId);
  }
  healedAt() {
    return this.#truth.healedAt();
  }
}
