import assert from 'node:assert/strict';
import { delimiter, join } from 'node:path';
import { isInstalled } from '../../src/connect/installed.ts';

const machine = (there: readonly string[], variables: Readonly<Record<string, string>> = {}, extension = '') => ({
  home: '/home/me',
  variable: (name: string) => variables[name],
  isThere: (path: string) => there.includes(path),
  hasExtension: (id: string) => id === extension,
});
const traces = { commands: ['tool'], folders: ['.tool'], extensions: ['maker.tool'] };

describe('an assistant', () => {
  it('is installed where its command, its folder or its extension is', () => {
    const variables = { PATH: ['/bin', '/usr/bin'].join(delimiter) };
    assert.ok(isInstalled(traces, machine([join('/usr/bin', 'tool')], variables)));
    assert.ok(isInstalled(traces, machine([join('/home/me', '.tool')])));
    assert.ok(isInstalled(traces, machine([], {}, 'maker.tool')));
  });

  it('is known by the endings that Windows gives commands', () => {
    assert.ok(isInstalled(traces, machine([join('/bin', 'tool.CMD')], { PATH: '/bin', PATHEXT: '.EXE;.CMD' })));
  });

  it('is not installed where nothing tells of it', () => {
    assert.ok(!isInstalled(traces, machine([join('/bin', 'tools'), 'tool'], { PATH: '/bin' })));
    assert.ok(!isInstalled({}, machine([])));
  });
});
