/** A memory as the dashboard shows it. */
export interface MemoryView {
  id: number;
  kind: string;
  title: string | null;
  content: string;
  source: string;
  trust: string;
  importance: number;
  tags: string[];
  pinned: boolean;
  seenCount: number;
  recallCount: number;
  createdAt: string;
  lastSeenAt: string;
  lastRecalledAt: string | null;
  eventId: number | null;
  taskId: number | null;
  /** Where it is a part of a longer text: which text, and which part from 0. */
  part: { document: number; chunk: number } | null;
}

/** Why a candidate was recalled or not: the ranks and scores of each stage that saw it. */
export interface RecallExplanation {
  /** `memory:<id>` or `task:<id>`. */
  id: string;
  kind: string;
  content: string;
  source: string;
  trust: string;
  createdAt: string;
  /** The final score, comparable within one search only. */
  score: number;
  included: boolean;
  /** In words, such as `over the token budget`. */
  why: string;
  stages: Array<{ stage: string; rank: number | null; score: number | null }>;
}

/** What a search found, best first; `degraded` says in words what served it in place of the models. */
export interface MemorySearch {
  items: RecallExplanation[];
  tookMs: number;
  degraded: string | null;
}

/** How a model is. */
export interface ModelView {
  role: 'embedder' | 'reranker' | 'ner';
  state: 'loading' | 'ready' | 'degraded' | 'failed' | 'off';
  model: string | null;
  percent: number | null;
  reason: string | null;
}

/** The models and how many memories have a vector of the current one. */
export interface Models {
  models: ModelView[];
  memories: { total: number; prepared: number; model: string | null; embedded: number; missing: number };
}

/** An entity in the picture. */
export interface GraphNode {
  id: number;
  kind: string;
  name: string;
  trust: string;
  mentions: number;
}

/** A relation in the picture. */
export interface GraphEdge {
  id: number;
  subject: number;
  object: number;
  predicate: string;
  trust: string;
  mentions: number;
}

/** The most mentioned entities and the relations between them. */
export interface GraphView {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** How many entities there are in all. */
  total: number;
}

/** Where an entity or relation was read. */
export interface Evidence {
  memoryId: number | null;
  taskId: number | null;
  eventId: number | null;
  snippet: string;
  at: string | null;
  trust: string | null;
}

/** An entity with its neighbourhood. */
export interface EntityView extends GraphNode {
  aliases: string[];
  firstSeenAt: string;
  lastSeenAt: string;
  evidence: Evidence[];
  relations: Array<GraphEdge & { other: GraphNode; direction: 'out' | 'in'; evidence: Evidence[] }>;
}
