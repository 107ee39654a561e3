import assert from 'node:assert/strict';
import { closedSchema } from '../../../src/dialects/anthropic/schema.ts';

describe('anthropic schema', () => {
  it('closes every object, however deep', () => {
    const schema = {
      type: 'object',
      properties: {
        list: { type: 'array', items: { properties: { a: { type: 'string' } } } },
        free: { type: ['object', 'null'] },
      },
      $defs: { node: { anyOf: [{ type: 'object', additionalProperties: true }, { type: 'null' }] } },
    };
    assert.deepEqual(closedSchema(schema), {
      type: 'object',
      additionalProperties: false,
      properties: {
        list: { type: 'array', items: { properties: { a: { type: 'string' } }, additionalProperties: false } },
        free: { type: ['object', 'null'], additionalProperties: false },
      },
      $defs: { node: { anyOf: [{ type: 'object', additionalProperties: false }, { type: 'null' }] } },
    });
  });

  it('drops the limits that Anthropic refuses, but no property of such a name', () => {
    const schema = {
      type: 'object',
      properties: {
        minimum: { type: 'integer', minimum: 1, maximum: 9 },
        tags: { type: 'array', minItems: 2, items: { type: 'string', maxLength: 3 } },
      },
      required: ['minimum'],
    };
    assert.deepEqual(closedSchema(schema), {
      type: 'object',
      additionalProperties: false,
      properties: { minimum: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
      required: ['minimum'],
    });
  });
});
