import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ProgramWatch } from '../../lib/cli/watch';
import { until } from '../../lib/local';
import { temporary, write } from './cli';

describe('the watch on a program', () => {
  let watch: ProgramWatch;
  afterEach(() => watch.close());

  it('hears saves of its modules wherever they are, several steps of one save once, and nothing once closed', async () => {
    const [one, two] = [temporary(), temporary()];
    let saves = 0;
    watch = new ProgramWatch(
      () => (saves += 1),
      (error) => expect.fail(String(error)),
    );
    watch.follow([join(one, 'fleet.ts')]);
    watch.follow([join(one, 'fleet.ts'), join(two, 'shared.ts')]);
    write(two, { 'other.txt': 'no module' });
    write(two, { 'shared.ts~': 'half' });
    write(two, { 'draft.ts': 'whole' });
    renameSync(join(two, 'draft.ts'), join(two, 'shared.ts'));
    await until(() => saves > 0, { deadline: 5_000 });
    write(one, { 'fleet.ts': 'x' });
    await until(() => saves > 1, { deadline: 5_000 });
    expect(saves).toBe(2);

    watch.close();
    watch.follow([join(one, 'fleet.ts')]);
    watch.close();
    const open = () => process.getActiveResourcesInfo().filter((kind) => kind === 'FSEventWrap');
    await until(() => open().length === 0, { deadline: 5_000 });
    expect(open()).toEqual([]);
  });

  it('tells a folder that is gone, and goes on with the others', () => {
    const told: unknown[] = [];
    watch = new ProgramWatch(
      () => undefined,
      (error) => told.push(error),
    );
    watch.follow([join(temporary(), 'gone/fleet.ts'), join(temporary(), 'fleet.ts')]);
    expect(told.map(String)).toEqual([expect.stringContaining('ENOENT')]);
  });
});
