// Admission under random schedules: no call lost, first come first served, never more than the slots, positions that count down.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Admission, QueueFull, type Ticket } from '../../server/gateway/admission.ts';

interface Caller {
  readonly control: AbortController;
  readonly positions: number[];
  state: 'waiting' | 'serving' | 'left' | 'cancelled';
  ticket: Ticket | undefined;
}

type Step =
  | { kind: 'enter' }
  | { kind: 'leave'; which: number }
  | { kind: 'cancel'; which: number }
  | { kind: 'slots'; slots: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ kind: 'enter' }) },
  { weight: 3, arbitrary: fc.record<Step & { kind: 'leave' }>({ kind: fc.constant('leave'), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record<Step & { kind: 'cancel' }>({ kind: fc.constant('cancel'), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record<Step & { kind: 'slots' }>({
      kind: fc.constant('slots'),
      slots: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

describe('admission', () => {
  it('loses nobody, keeps the order and the slots', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const admission = new Admission();
        const callers: Caller[] = [];
        let slots = 1;
        const inState = (state: Caller['state']): Caller[] => callers.filter((caller) => caller.state === state);
        for (const action of steps) {
          if (action.kind === 'enter') {
            const caller: Caller = {
              control: new AbortController(),
              positions: [],
              state: 'waiting',
              ticket: undefined,
            };
            callers.push(caller);
            admission
              .enter((position) => caller.positions.push(position), caller.control.signal)
              .then(
                (ticket) => {
                  caller.ticket = ticket;
                  caller.state = 'serving';
                },
                () => {
                  caller.state = 'cancelled';
                },
              );
          } else if (action.kind === 'slots') {
            slots = action.slots;
            admission.setSlots(slots);
          } else {
            const group = inState(action.kind === 'leave' ? 'serving' : 'waiting');
            const caller = group[action.which % Math.max(1, group.length)];
            if (caller !== undefined && action.kind === 'cancel') caller.control.abort(new Error('cancelled'));
            if (caller?.ticket !== undefined) {
              caller.state = 'left';
              caller.ticket.leave();
              caller.ticket.leave();
            }
          }
          const servedBefore = inState('serving').length;
          await new Promise((resolve) => setImmediate(resolve));
          const serving = inState('serving');
          const waiting = inState('waiting');
          assert.ok(serving.length <= Math.max(slots, servedBefore), 'more than the slots');
          assert.ok(waiting.length === 0 || serving.length >= slots, 'a slot stands empty while somebody waits');
          const lastServed = Math.max(-1, ...serving.map((caller) => callers.indexOf(caller)));
          for (const caller of waiting) assert.ok(callers.indexOf(caller) > lastServed, 'somebody was overtaken');
          waiting.forEach((caller, index) => {
            assert.equal(caller.positions.at(-1), index + 1);
          });
        }
        while (inState('serving').length > 0) {
          for (const caller of inState('serving')) {
            caller.state = 'left';
            caller.ticket?.leave();
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        assert.deepEqual(inState('waiting'), [], 'somebody was forgotten');
      }),
      { numRuns: 200 },
    );
  });

  it('does not queue without end', async () => {
    const admission = new Admission();
    const enter = (): Promise<Ticket> => admission.enter(() => undefined, new AbortController().signal);
    await enter();
    for (let waiting = 0; waiting < 100; waiting++) enter().catch(() => undefined);
    await assert.rejects(enter(), QueueFull);
  });

  it('knows who had company', async () => {
    const admission = new Admission();
    admission.setSlots(2);
    const signal = new AbortController().signal;
    const alone = await admission.enter(() => undefined, signal);
    alone.leave();
    const first = await admission.enter(() => undefined, signal);
    const second = await admission.enter(() => undefined, signal);
    second.leave();
    assert.deepEqual([alone.hadCompany(), first.hadCompany(), second.hadCompany()], [false, true, true]);
  });
});
