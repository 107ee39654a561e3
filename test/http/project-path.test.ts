import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { projectInPath, stripProject } from '../../src/http/project-path.ts';

function stripped(url: string): { url: string | undefined; project: string | undefined } {
  const request = { url } as unknown as IncomingMessage;
  stripProject(request);
  return { url: request.url, project: projectInPath(request) };
}

describe('a project in the path', () => {
  it('is taken off every route', () => {
    const expected = { url: '/v1/messages?beta=true', project: 'harbour' };
    assert.deepEqual(stripped('/p/harbour/v1/messages?beta=true'), expected);
    assert.deepEqual(stripped('/p/my%20harbour/health'), { url: '/health', project: 'my harbour' });
  });

  it('may be written wrongly, and then stands as it came', () => {
    assert.deepEqual(stripped('/p/50%/v1/models'), { url: '/v1/models', project: '50%' });
  });

  for (const url of ['/v1/models', '/p', '/p/', '/p/harbour', '/p/harbour?x=/v1', '/p//v1/models', '/pages/x']) {
    it(`is not in ${url}`, () => assert.deepEqual(stripped(url), { url, project: undefined }));
  }
});
