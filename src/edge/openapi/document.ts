import * as z from "zod";
import { ProblemBody } from "../../core/api/answers";
import { PROBLEMS } from "../../protocol/problem";
import type { Route } from "../http/router";
import { type Operation, type Operations, problemsOf, statusOf } from "./operation";

/** OpenAPI 3.1 from the route table and the operations. */

interface Media {
  schema: object;
  example?: unknown;
}
type Content = Record<string, Media>;

export interface Parameter {
  name: string;
  in: "path" | "query";
  required: boolean;
  description?: string;
  schema: object;
  example?: string;
}

export interface PublishedOperation {
  summary: string;
  description?: string;
  operationId: string;
  parameters: Parameter[];
  requestBody?: { required: true; content: Content };
  responses: Record<string, { description: string; content?: Content; headers?: object }>;
  security: object[];
}

export interface Document {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, PublishedOperation>>;
  components: object;
}

const schemaOf = (schema: z.ZodType, io: "input" | "output") => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  return rest;
};

const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success;

function parameters(path: string, { query, example }: Operation): Parameter[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]): Parameter => {
    const value = example?.params?.[name];
    const schema = { type: "string" };
    return { name, in: "path", required: true, schema, ...(value !== undefined && { example: value }) };
  });
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, field]): Parameter => {
    const { description, ...schema } = schemaOf(field as z.ZodType, "input");
    const value = example?.query?.[name];
    return {
      ...{ name, in: "query", required: !isOptional(field as z.ZodType), schema },
      ...(description && { description }),
      ...(value !== undefined && { example: value }),
    };
  });
  return [...inPath, ...inQuery];
}

function success({ answer, status = 200, exported }: Operation) {
  if (status === 101) return { description: "Switching protocols" };
  if (!answer) return { description: status === 204 ? "No content" : "OK" };
  const csv = {
    schema: { type: "string", description: "`Accept: text/csv; bom=true` puts the mark in front that Excel needs" },
  };
  const rows = { schema: { type: "string" } };
  const content: Content = {
    "application/json": { schema: schemaOf(answer, "output") },
    ...(exported && { "text/csv": csv, "application/x-ndjson": rows }),
  };
  return { description: "OK", content };
}

function responses(operation: Operation): PublishedOperation["responses"] {
  const byStatus = Map.groupBy(problemsOf(operation), statusOf);
  const bad = [...byStatus].map(([status, codes]) => {
    const description = codes.map((code) => `${PROBLEMS[code][1]} (\`${code}\`)`).join("; ");
    const schema = { $ref: "#/components/schemas/Problem" };
    return [status, { description, content: { "application/problem+json": { schema } } }];
  });
  return { [operation.status ?? 200]: success(operation), ...Object.fromEntries(bad) };
}

/** `GET /analytics/sessions/{id}` → `getAnalyticsSessionsId`. */
const operationId = (method: string, path: string): string =>
  method +
  path
    .split(/\W/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");

function published(method: string, path: string, operation: Operation): PublishedOperation {
  const { summary, description, body, example, keyed } = operation;
  return {
    ...{ summary, ...(description && { description }), operationId: operationId(method, path) },
    parameters: parameters(path, operation),
    ...(body && {
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: schemaOf(body, "input"),
            ...(example?.body !== undefined && { example: example.body }),
          },
        },
      },
    }),
    responses: responses(operation),
    security: keyed ? [{ bearer: [] }, { header: [] }] : [],
  };
}

/** `/analytics/sessions/:id` → `/analytics/sessions/{id}`. */
export const publishedPath = (path: string): string => path.replace(/:(\w+)/g, "{$1}");

/** The published form of every route that has an operation, in the order of the route table. */
export function openApiDocument(
  routes: readonly Pick<Route, "method" | "path">[],
  operations: Operations,
  version: string,
): Document {
  const paths: Document["paths"] = {};
  for (const { method, path } of routes) {
    const operation = operations[`${method} ${path}`];
    if (!operation) continue;
    const name = publishedPath(path);
    const verb = method.toLowerCase();
    paths[name] = { ...paths[name], [verb]: published(verb, name, operation) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "PulseGate", version, description: "Real-time session intelligence at the edge." },
    paths,
    components: {
      schemas: { Problem: schemaOf(ProblemBody, "output") },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        header: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
    },
  };
}
