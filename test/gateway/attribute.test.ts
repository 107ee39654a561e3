import assert from 'node:assert/strict';
import { attribute } from '../../src/gateway/attribute.ts';
import { knownSessions } from '../../src/gateway/sessions.ts';

const origin = (id: string, session: string | null, more: object = {}) => ({
  caller: { id, key: undefined, project: null },
  session,
  headers: {},
  pathProject: undefined,
  body: {},
  ...more,
});

describe('attribution', () => {
  it('remembers for the rest of a session what one call has told', () => {
    const sessions = knownSessions();
    const told = { headers: { 'x-purser-project': 'harbour' } };
    assert.equal(attribute(sessions, origin('a', 's1', told)).evidence, 'header');
    assert.deepEqual(attribute(sessions, origin('a', 's1')), { project: 'harbour', evidence: 'session' });
  });

  it("knows no other caller's sessions, and none without a name", () => {
    const sessions = knownSessions();
    attribute(sessions, origin('a', 's1', { pathProject: 'harbour' }));
    attribute(sessions, origin('a', null, { pathProject: 'harbour' }));
    assert.equal(attribute(sessions, origin('b', 's1')).evidence, null);
    assert.equal(attribute(sessions, origin('a', null)).evidence, null);
  });

  it("does not let a key's own project colour the session of a key that has none", () => {
    const sessions = knownSessions();
    attribute(sessions, origin('a', 's1', { caller: { id: 'a', key: undefined, project: 'lighthouse' } }));
    assert.equal(attribute(sessions, origin('a', 's1')).evidence, null);
  });

  const onBranch = { messages: [{ role: 'user', content: 'Current branch: fix/leak\n' }] };

  it('remembers the branch too, beside a project or without one', () => {
    const sessions = knownSessions();
    assert.deepEqual(attribute(sessions, origin('a', 's1', { body: onBranch })), {
      project: null,
      evidence: null,
      branch: 'fix/leak',
    });
    const told = { headers: { 'x-purser-project': 'harbour' } };
    assert.equal(attribute(sessions, origin('a', 's1', told)).branch, 'fix/leak');
    assert.deepEqual(attribute(sessions, origin('a', 's1')), {
      project: 'harbour',
      evidence: 'session',
      branch: 'fix/leak',
    });
  });

  it("remembers the branch of a key's own project, but not that project", () => {
    const sessions = knownSessions();
    const withProject = { caller: { id: 'a', key: undefined, project: 'lighthouse' }, body: onBranch };
    assert.equal(attribute(sessions, origin('a', 's1', withProject)).branch, 'fix/leak');
    assert.deepEqual(sessions.factsOf('a', 's1'), { branch: 'fix/leak' });
  });

  it('forgets the session that was used longest ago', () => {
    const sessions = knownSessions(2);
    for (const session of ['1', '2']) sessions.learn('a', session, { project: session });
    sessions.factsOf('a', '1');
    sessions.learn('a', '3', { project: '3' });
    assert.deepEqual(
      ['1', '2', '3'].map((session) => sessions.factsOf('a', session).project),
      ['1', undefined, '3'],
    );
  });
});
