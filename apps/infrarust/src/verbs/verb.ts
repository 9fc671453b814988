import type * as v from 'valibot'

/**
 * Something that can be asked of the proxy: one route of the API, one request and one result. A verb that needs the bans
 * alone also runs in a command, on the store, where no proxy runs.
 */
export type Verb<
  Needs = never,
  Request extends RequestSchema = RequestSchema,
  Result extends v.GenericSchema = v.GenericSchema,
> = DataVerb<Needs, Request, Result> | StreamVerb<Needs, Request, Result>

/** Answers once, with `{ "data": … }`. */
export interface DataVerb<Needs, Request extends RequestSchema, Result extends v.GenericSchema>
  extends Description<Request, Result> {
  readonly answer: 'data'
  /** Of a success, where it is not 200. */
  readonly status?: 201
  /** The body is one JSON value a line, to be read from `call.lines`; the fields of the request are in the query then. */
  readonly takesLines?: true
  run(proxy: Needs, request: v.InferOutput<Request>, call: Call): Sent<Result> | Promise<Sent<Result>>
}

/**
 * Answers with events (SSE), each as soon as it happens. Who no longer listens ends it at the next one. What `run` itself
 * throws is the answer, what its events throw is the last of them.
 */
export interface StreamVerb<Needs, Request extends RequestSchema, Result extends v.GenericSchema>
  extends Description<Request, Result> {
  readonly answer: 'stream'
  run(proxy: Needs, request: v.InferOutput<Request>, call: Call): AsyncIterable<Sent<Result>>
}

interface Description<Request extends RequestSchema, Result extends v.GenericSchema> {
  /** The `operationId` of the document. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Under `/api/v1`; a part that begins with a colon is a field of the request. */
  readonly path: string
  readonly summary: string
  /** Answered without a key where the API is on the network; else one that may read is needed for GET, and the full one. */
  readonly access?: 'public'
  /** Fields that the path does not have are in the query (GET, DELETE) or in the JSON body. */
  readonly request: Request
  /** Of `data`, or of each event. */
  readonly result: Result
}

/** Fields by name; one that is not among them is refused. */
export type RequestSchema = v.StrictObjectSchema<v.ObjectEntries, undefined>

/** What goes over the socket, and is changed by nobody. */
export type Sent<Schema extends v.GenericSchema> = Frozen<v.InferOutput<Schema>>

type Frozen<Value> = Value extends readonly (infer Each)[]
  ? readonly Frozen<Each>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value

/** What a verb gets beside its request. */
export interface Call {
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal
  /** Of the body, of a verb that takes lines: parsed, and to be checked. */
  readonly lines: AsyncIterable<unknown>
  /** Whether it came over the network, and not over the control socket or from a command. */
  readonly isFromNetwork: boolean
  /** Whether it came with a key that changes nothing. */
  readonly isReadOnly: boolean
}

/** A verb that answers once; it is returned as it is, for its types to be known from its schemas. */
export function dataVerb<Needs, Request extends RequestSchema, Result extends v.GenericSchema>(
  verb: Omit<DataVerb<Needs, Request, Result>, 'answer'>,
): DataVerb<Needs, Request, Result> {
  return { ...verb, answer: 'data' }
}

/** The same for one that answers with events. */
export function streamVerb<Needs, Request extends RequestSchema, Result extends v.GenericSchema>(
  verb: Omit<StreamVerb<Needs, Request, Result>, 'answer'>,
): StreamVerb<Needs, Request, Result> {
  return { ...verb, answer: 'stream' }
}
