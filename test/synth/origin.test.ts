import { describe, expect, it } from 'vitest';
import { firstForeignFrame } from '../../lib/synth';

describe('the innermost frame of the user', () => {
  it.each([
    ['at buildFleet (/tmp/my fleet (ü)/fleet.ts:3:41)', '/tmp/my fleet (ü)/fleet.ts'],
    ['at /tmp/my fleet/fleet.ts:3:41', '/tmp/my fleet/fleet.ts'],
    ['at async /srv/fleet.ts:3:41', '/srv/fleet.ts'],
    ['at async buildFleet (file:///srv/my%20fleet.ts:3:41)', '/srv/my fleet.ts'],
    ['at Object.<anonymous> (/srv/fleet.ts:3:41)', '/srv/fleet.ts'],
    ['at new Shop (/srv/fleet.ts:3:41)', '/srv/fleet.ts'],
  ])('is read from %s', (frame, file) => {
    expect(firstForeignFrame(`Error: x\n    ${frame}`)).toEqual({ file, line: 3, column: 41 });
  });

  it('is none of Node, of a dependency or of evaluated text', () => {
    const stack = [
      'Error: x',
      '    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      '    at make (/srv/node_modules/constructs/lib/construct.js:1:2)',
      '    at eval (eval at make (/srv/fleet.ts:1:1), <anonymous>:1:7)',
      '    at /srv/shop.ts:7:8',
    ].join('\n');
    expect(firstForeignFrame(stack)).toEqual({ file: '/srv/shop.ts', line: 7, column: 8 });
  });
});
