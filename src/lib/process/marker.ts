/** An environment variable that a child is started with, and that all it starts inherit: `name=value`, compared exactly. */
export interface EnvironmentMarker {
  name: string;
  value: string;
}
