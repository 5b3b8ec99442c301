import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startControlPlane } from '../../../lib/local/control-plane';
import { findRun, openState } from '../../../lib/local/state';
import { failure, fakePrograms, folder } from './fakes';

it('a control plane whose ready part dies while another still starts is given up at once', async () => {
  const path = folder();
  const state = await openState(join(path, 'state'));
  const parts = fakePrograms(
    path,
    'touch etcd.sock:0; while [ -e etcd.sock:0 ]; do sleep 0.02; done; echo last words; exit 3',
  );
  const started = startControlPlane({
    state,
    parts,
    name: 'x',
    onProgress: ({ part, state: now }) => {
      if (part === 'etcd' && now === 'ready') rmSync(join(state.path, 'etcd.sock:0'));
    },
  });
  const { code, message } = await failure(started);
  expect(code).toBe('part-died');
  expect(message).toMatch(/etcd ended with exit code 3[^]*last words/);
  expect(findRun(state.path)?.parts).toEqual([]);
  await state.close();
});
