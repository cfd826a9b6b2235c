import type { JobId } from './generated/types';
import { trouble } from './problem';
import type { Trouble } from './problem';

/** What became of a call for many jobs so far. */
export interface Bulk {
  readonly total: number;
  readonly done: number;
  /** Those that were refused or failed, in the order in which that became known. */
  readonly refused: readonly { readonly id: JobId; readonly trouble: Trouble }[];
}

const AT_ONCE = 4;

/** Calls for each job, a few at a time, and tells after each what became of all so far. One refusal stops nothing. */
export async function bulk(
  ids: readonly JobId[],
  call: (id: JobId) => Promise<unknown>,
  tell: (state: Bulk) => void,
): Promise<Bulk> {
  let state: Bulk = { total: ids.length, done: 0, refused: [] };
  tell(state);
  const left = [...ids];
  const work = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      let refused = state.refused;
      try {
        await call(id);
        refused = state.refused;
      } catch (error) {
        refused = [...state.refused, { id, trouble: trouble(error) }];
      }
      state = { ...state, done: state.done + 1, refused };
      tell(state);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return state;
}
