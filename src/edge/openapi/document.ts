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
  responses: Record<string, PublishedResponse>;
  security: object[];
}

interface PublishedResponse {
  description: string;
  content?: Content;
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
    const parameter: Parameter = { name, in: "path", required: true, schema: { type: "string" } };
    return withExample(parameter, example?.params?.[name]);
  });
  const fields: Record<string, z.ZodType> = query?.shape ?? {};
  const inQuery = Object.entries(fields).map(([name, field]): Parameter => {
    const { description, ...schema } = schemaOf(field, "input");
    const parameter: Parameter = { name, in: "query", required: !isOptional(field), schema };
    if (description) parameter.description = description;
    return withExample(parameter, example?.query?.[name]);
  });
  return [...inPath, ...inQuery];
}

const withExample = (parameter: Parameter, example: string | undefined): Parameter =>
  example === undefined ? parameter : { ...parameter, example };

const CSV: Media = {
  schema: { type: "string", description: "`Accept: text/csv; bom=true` puts the mark in front that Excel needs" },
};

function success({ answer, status = 200, exported }: Operation): PublishedResponse {
  if (status === 101) return { description: "Switching protocols" };
  if (!answer) return { description: status === 204 ? "No content" : "OK" };
  const content: Content = { "application/json": { schema: schemaOf(answer, "output") } };
  if (exported) {
    content["text/csv"] = CSV;
    content["application/x-ndjson"] = { schema: { type: "string" } };
  }
  return { description: "OK", content };
}

function responses(operation: Operation): PublishedOperation["responses"] {
  const byStatus = Map.groupBy(problemsOf(operation), statusOf);
  const bad = [...byStatus].map(([status, codes]) => {
    const description = codes.map((code) => `${PROBLEMS[code].title} (\`${code}\`)`).join("; ");
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
  const entry: PublishedOperation = {
    summary,
    operationId: operationId(method, path),
    parameters: parameters(path, operation),
    responses: responses(operation),
    security: keyed ? [{ bearer: [] }, { header: [] }] : [],
  };
  if (description) entry.description = description;
  if (body) entry.requestBody = { required: true, content: { "application/json": bodyOf(body, example?.body) } };
  return entry;
}

function bodyOf(schema: z.ZodType, example: unknown): Media {
  const media: Media = { schema: schemaOf(schema, "input") };
  if (example !== undefined) media.example = example;
  return media;
}

/** `/analytics/sessions/:id` → `/analytics/sessions/{id}`. */
const publishedPath = (path: string): string => path.replace(/:(\w+)/g, "{$1}");

/** The document of every route that has an operation, in the order of the route table. */
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
