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
  firstSeenAt: Date;
  lastSeenAt: Date;
  evidence: Evidence[];
  relations: Array<GraphEdge & { other: GraphNode; direction: 'out' | 'in'; evidence: Evidence[] }>;
}
