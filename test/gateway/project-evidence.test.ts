import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/lib/json.ts';
import { branchOf, projectOf, unassigned, type Signs } from '../../src/gateway/project-evidence.ts';

const bodyOf = (content: string): JsonObject => ({ model: 'm', messages: [{ role: 'system', content }] });

const signs = (more: Partial<Signs> = {}): Signs => ({
  keyProject: null,
  pathProject: undefined,
  headers: {},
  sessionProject: undefined,
  sessionBranch: undefined,
  body: bodyOf('Be brief.'),
  ...more,
});

const codex = JSON.stringify({
  session_id: 's',
  workspaces: { '/home/dev/lighthouse': { associated_remote_urls: { origin: 'https://git.test/x/lighthouse.git' } } },
});

const all = signs({
  keyProject: 'of-the-key',
  pathProject: 'of-the-path',
  headers: { 'x-purser-project': 'of-the-header', 'x-codex-turn-metadata': codex },
  sessionProject: 'of-the-session',
  body: bodyOf('Working directory: /home/dev/of-the-prompt'),
});

describe('project evidence', () => {
  it('lets the first in order decide, and the key above all', () => {
    assert.deepEqual(projectOf(all), { project: 'of-the-key', evidence: 'key' });
    const withoutKey = { ...all, keyProject: null };
    assert.deepEqual(projectOf(withoutKey), { project: 'of-the-path', evidence: 'path' });
    const withoutPath = { ...withoutKey, pathProject: undefined };
    assert.deepEqual(projectOf(withoutPath), { project: 'of-the-header', evidence: 'header' });
    const withoutHeader = { ...withoutPath, headers: { 'x-codex-turn-metadata': codex } };
    assert.deepEqual(projectOf(withoutHeader), { project: 'lighthouse', evidence: 'codex' });
    const withoutHeaders = { ...withoutPath, headers: {} };
    assert.deepEqual(projectOf(withoutHeaders), { project: 'of-the-session', evidence: 'session' });
    const onlyPrompt = { ...withoutHeaders, sessionProject: undefined };
    assert.deepEqual(projectOf(onlyPrompt), { project: 'of-the-prompt', evidence: 'prompt' });
    assert.deepEqual(projectOf(signs()), unassigned);
  });

  it('counts for a known project at that place, and says where it is', () => {
    const asked: unknown[] = [];
    const find = (where: object) => {
      asked.push(where);
      return { id: 'known' };
    };
    assert.deepEqual(projectOf(all, find), { project: 'of-the-key', evidence: 'key' });
    const ofCodex = signs({ headers: { 'x-codex-turn-metadata': codex } });
    assert.deepEqual(projectOf(ofCodex, find), { project: 'known', evidence: 'codex' });
    const ofPrompt = signs({ body: bodyOf('Working directory: /home/dev/quay\n') });
    assert.deepEqual(projectOf(ofPrompt, find), { project: 'known', evidence: 'prompt' });
    assert.deepEqual(asked, [
      { folder: '/home/dev/lighthouse', name: 'lighthouse', remotes: ['https://git.test/x/lighthouse.git'] },
      { folder: '/home/dev/quay', name: 'quay' },
    ]);
  });

  for (const [assistant, prompt] of [
    ['Claude Code', ' - Primary working directory: /home/dev/harbour\n - Is a git repository: true'],
    ['opencode', '<env>\n  Working directory: /home/dev/harbour\n  Is directory a git repo: yes'],
    ['Cline', '3. IDE: Terminal Shell\n4. Working Directory: /home/dev/harbour\n</env>'],
    ['Qwen Code', "I'm currently working in the directory: /home/dev/harbour\nHere is the folder"],
    ['Gemini CLI', '- **Workspace Directories:**\n  - /home/dev/harbour\n- **Directory Structure:**'],
    ['an assistant on Windows', 'Working directory: C:\\Users\\dev\\harbour\n'],
    ['one whose folder ends the text', 'Working directory: /home/dev/harbour'],
    ['one whose folder has blanks and quotes', 'Working directory: /home/"my dev"/harbour\n'],
  ] as const) {
    it(`finds the folder that ${assistant} names in its prompt`, () => {
      assert.deepEqual(projectOf(signs({ body: bodyOf(prompt) })), { project: 'harbour', evidence: 'prompt' });
    });
  }

  const line = 'Primary working directory: /home/dev/harbour\n';
  for (const [place, body] of [
    [
      "Anthropic's system blocks",
      {
        system: [
          { type: 'text', text: 'x' },
          { type: 'text', text: line },
        ],
        messages: [],
      },
    ],
    ['the second message', { messages: [{ content: 'x' }, { content: [{ type: 'text', text: line }] }] }],
    ["Gemini's system instruction", { systemInstruction: { parts: [{ text: line }] }, contents: [] }],
    ["Gemini's first content", { contents: [{ role: 'user', parts: [{ text: 'x' }, { text: line }] }] }],
    ["the Responses' instructions", { instructions: line, input: 'x' }],
    ["the Responses' first item", { input: [{ role: 'developer', content: [{ type: 'input_text', text: line }] }] }],
  ] as const) {
    it(`looks into ${place}`, () => {
      assert.deepEqual(projectOf(signs({ body })), { project: 'harbour', evidence: 'prompt' });
    });
  }

  it('does not look into what was said later, where a tool may have shown any text', () => {
    const messages = ['a', 'b', line].map((content) => ({ role: 'user', content }));
    assert.deepEqual(projectOf(signs({ body: { messages } })), unassigned);
  });

  it('does not take talk of directories for one', () => {
    const talk = 'If not given, the current working directory is used. Working directory: the one above.';
    assert.deepEqual(projectOf(signs({ body: bodyOf(talk) })), unassigned);
  });

  it('makes nothing of broken or empty evidence', () => {
    const headers = { 'x-purser-project': '  ', 'x-codex-turn-metadata': '{"workspaces":' };
    assert.deepEqual(projectOf(signs({ headers })), unassigned);
  });

  it('keeps labels to one short line', () => {
    const headers = { 'x-purser-project': `a\tb${'c'.repeat(200)}` };
    const { project } = projectOf(signs({ headers }));
    assert.equal(project?.length, 100);
    assert.match(project, /^a bccc/);
  });
});

describe('the git branch of a call', () => {
  const branchIn = (content: string): string | undefined => branchOf(signs({ body: bodyOf(content) }));

  it('is what Claude Code and Qwen Code say of it in their prompts', () => {
    assert.equal(branchIn('# gitStatus\nA snapshot.\n\nCurrent branch: fix/leak\n\nMain branch: main'), 'fix/leak');
    assert.equal(branchIn(`${' '.repeat(24_000)}\ngit: Current branch: qwen-1\ngit: Status:`), 'qwen-1');
  });

  it('is what the header says before all, then what the session has told', () => {
    const body = bodyOf('Current branch: of-the-prompt');
    const headers = { 'x-purser-branch': 'of-the-header' };
    assert.equal(branchOf(signs({ headers, sessionBranch: 'of-the-session', body })), 'of-the-header');
    assert.equal(branchOf(signs({ sessionBranch: 'of-the-session', body })), 'of-the-session');
    assert.equal(branchOf(signs({ body })), 'of-the-prompt');
  });

  for (const [what, name] of [
    ['where none is checked out', 'HEAD'],
    ['a sentence', 'the one that you like'],
    ['a name that git refuses', 'a..~b'],
    ['one that is too long', 'b'.repeat(201)],
    ['a control sign', 'a\u001bb'],
    ['nothing', ''],
  ] as const) {
    it(`is not known from ${what}`, () => {
      assert.equal(branchIn(`Current branch: ${name}\n`), undefined);
      assert.equal(branchOf(signs({ headers: { 'x-purser-branch': name } })), undefined);
    });
  }

  it('is not taken from what was said later, nor from the middle of a sentence', () => {
    const messages = ['a', 'b', 'Current branch: c'].map((content) => ({ role: 'user', content }));
    assert.equal(branchOf(signs({ body: { messages } })), undefined);
    assert.equal(branchIn('Say which is the Current branch: main or not'), undefined);
  });
});
