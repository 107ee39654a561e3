import assert from 'node:assert/strict';
import { readSchema } from '../../../src/dialects/gemini/schema.ts';

describe('gemini schema', () => {
  it('leaves a JSON Schema as it is', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: {
        path: { type: ['string', 'null'], minLength: 1 },
        type: { enum: ['INSERT', 'replace'], default: 'INSERT' },
        edits: { type: 'array', items: { $ref: '#/$defs/edit' } },
        any_of: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      },
      $defs: { edit: { type: 'object', additionalProperties: false } },
      required: ['path'],
    };
    assert.deepEqual(readSchema(schema), schema);
  });

  it('reads Google’s words at every depth', () => {
    const schema = {
      type: 'OBJECT',
      properties: {
        a: { any_of: [{ type: 'STRING' }, { type: 'INTEGER' }], nullable: true },
        b: {
          type: 'ARRAY',
          items: { type: 'OBJECT', properties: { c: { type: 'NUMBER', nullable: true } } },
          max_items: '3',
        },
      },
      property_ordering: ['a', 'b'],
    };
    assert.deepEqual(readSchema(schema), {
      type: 'object',
      properties: {
        a: { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] },
        b: { type: 'array', items: { type: 'object', properties: { c: { type: ['number', 'null'] } } }, maxItems: 3 },
      },
      propertyOrdering: ['a', 'b'],
    });
  });
});
