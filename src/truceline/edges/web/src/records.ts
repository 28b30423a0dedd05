// What the service tells, and the little that is kept of it in columns for drawing.
export type Position = [number, number];
export interface Ellipse { semi_major_m: number; semi_minor_m: number; azimuth_deg: number }
export interface EventFields {
  id: string; time: string; time_sigma_s: number; labels: Record<string, number>; ellipse90: Ellipse; existence: number;
  sensors: number; providers: string[]; path?: { coordinates: Position[] };
}
export interface IncidentFields {
  id: string; from: string; until: string; events: string[]; counts: Record<string, number>;
  opened_by: Record<string, number>; findings: string[];
}
export interface FindingFields {
  id: string; incident: string; time: string; events: string[]; provisions: string[]; occurrence: number;
  responsibility: Record<string, number>; outcome: string; party?: string; robustness: string; evidence: string;
  status: string; words: string;
}
export interface HealthFields {
  id: string; sensor: string; provider: string; from: string; until: string; state: string; clock_offset_s?: number;
  azimuth_offset_deg?: number;
}
export interface Shown<T> {
  state: "provisional" | "open" | "final"; supersedes: string | null;
  feature: { geometry: { type: string; coordinates: Position }; properties: T };
}
export interface SensorNow { last: string; state: string; lines: number }
export interface Now {
  time: string; judged: string; observations: number; late: number; unusable: number; size: number; behind: number;
  root: string; live: string[]; blind: Position[][][]; sensors: Record<string, SensorNow>;
}
export interface Records {
  events: Record<string, Shown<EventFields>>; incidents: Record<string, Shown<IncidentFields>>;
  findings: Record<string, Shown<FindingFields>>; sensors: Record<string, Shown<HealthFields>>;
}
export interface Whole { number: number; records: Records; now: Now }
export interface Change {
  number: number; put: Partial<Records>; gone: Partial<Record<keyof Records, Record<string, string | null>>>; now: Now | null;
}
export interface Mission {
  name: string; status: string; parties: string[]; providers: string[];
  provisions: { id: string; article: string; text: string }[];
  areas: GeoJSON.FeatureCollection; held: GeoJSON.FeatureCollection; sensors: GeoJSON.FeatureCollection;
  classes: Record<string, { name: string; colour: string; path: string }>;
  sensor_shapes: Record<string, string>; outcomes: Record<string, string>;
}

// An event as it is drawn and listed.
export interface Drawn {
  id: string; at: number; sigma: number; kind: string; sure: number; lon: number; lat: number; ellipse: Ellipse;
  state: string; fields: EventFields;
}

export function drawn(one: Shown<EventFields>, known: (kind: string) => boolean): Drawn {
  const of = one.feature.properties;
  let kind = "other", most = -1;
  for (const [name, share] of Object.entries(of.labels)) {
    if (share > most || (share === most && name < kind)) { kind = name; most = share; }
  }
  const [lon, lat] = one.feature.geometry.coordinates;
  return {
    id: of.id, at: Date.parse(of.time), sigma: of.time_sigma_s, kind: known(kind) ? kind : "other", sure: of.existence,
    lon, lat, ellipse: of.ellipse90, state: one.state, fields: of,
  };
}
