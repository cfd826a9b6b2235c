import { expect, test } from 'vitest';
import { bulk } from './bulk';
import type { Bulk } from './bulk';
import { ApiProblem } from './generated/client';
import type { JobId } from './generated/types';

const ids = Array.from({ length: 20 }, (_, i) => `job${i}` as JobId);

test('every job is called once, a few at a time, and every refusal is kept with its reason', async () => {
  const called: JobId[] = [];
  const told: Bulk[] = [];
  let running = 0;
  let most = 0;
  const end = await bulk(
    ids,
    async (id) => {
      called.push(id);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      if (id.endsWith('3')) {
        const problem = { status: 409, title: 'Conflict', code: 'JOB_RUNNING', message: 'It runs.', field: null, allowed: null };
        throw new ApiProblem(problem);
      }
    },
    (state) => told.push(state),
  );
  expect(called.sort()).toEqual([...ids].sort());
  expect(most).toBe(4);
  expect(end).toMatchObject({ total: 20, done: 20 });
  expect(end.refused.map((one) => [one.id, one.trouble.code]).sort()).toEqual([
    ['job13', 'JOB_RUNNING'],
    ['job3', 'JOB_RUNNING'],
  ]);
  expect(told.map((state) => state.done)).toEqual(Array.from({ length: 21 }, (_, i) => i));
});
