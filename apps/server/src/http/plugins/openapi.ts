import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** Collects every documented route as OpenAPI 3.1. Must be registered before the routes. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'ServerCTL operator API',
        version,
        description:
          'Keeps one public DNS name pointing at a host that works. Every refusal has a code from one catalogue, words that say what to do, and a request id.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'A session’s token, an API token, or the host’s own.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-sct',
            description: 'What signing in gives a browser.',
          },
        },
      },
      security: [{ bearer: [] }, { session: [] }],
      tags: [
        { name: 'session', description: 'Signing in, and one’s own account.' },
        { name: 'users', description: 'Who may sign in, with which roles; one-time links.' },
        { name: 'tokens', description: 'API tokens, for programs.' },
        { name: 'audit', description: 'Who did what, and whether the log of it is whole.' },
        { name: 'pools', description: 'One deployment: members that share one failover hostname.' },
        { name: 'members', description: 'Enrolled hosts.' },
        { name: 'dns', description: 'Credentials and managed names.' },
        { name: 'promotions', description: 'Who is active, since when, and why.' },
        { name: 'brakes', description: 'What holds failovers back in the whole fleet.' },
        { name: 'events', description: 'What happened, and who is told.' },
        { name: 'system', description: 'The control plane itself.' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  });
}

/** Each named schema is offered as input and as output; those that nothing refers to are left out. */
function withoutUnused<Document extends ReturnType<typeof jsonSchemaTransformObject>>(document: Document): Document {
  if (!('components' in document)) return document;
  const { schemas = {}, ...components } = document.components ?? {};
  const text = JSON.stringify(document);
  const used = Object.entries(schemas).filter(([name]) => text.includes(`"#/components/schemas/${name}"`));
  return { ...document, components: { ...components, schemas: Object.fromEntries(used) } };
}
