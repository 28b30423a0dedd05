// The map: land and water, the agreement's lines and areas, held ground, sensors, what is blind, what happened.
import * as maplibregl from "maplibre-gl";
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, Map as Picture, StyleSpecification } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import { Protocol } from "pmtiles";
import { colour } from "./dom";
import type { Drawn, Position } from "./records";
import type { Store } from "./store";
import { say } from "./words";

const NONE: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const HATCH_DEG = [45, 135, 0, 90, 22, 112, 67, 157]; // of the parties in the order of the agreement, as in the reports
const CORNERS = 40; // of a drawn ellipse
const RATIO = 2; // pixels of an image by point
const MOST_ELLIPSES = 1500;

export class MissionMap {
  private readonly picture: Picture;
  private drawnOnce = false;
  private painted = "";

  constructor(private readonly store: Store, holder: HTMLElement) {
    maplibregl.setWorkerUrl(worker);
    maplibregl.addProtocol("pmtiles", new Protocol().tile);
    this.picture = new maplibregl.Map({
      container: holder, style: this.style(), bounds: this.whole(), fitBoundsOptions: { padding: 30 },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0,
      maxZoom: 16, canvasContextAttributes: { antialias: true },
    });
    this.picture.touchZoomRotate.disableRotation();
    this.picture.keyboard.disableRotation();
    this.picture.getCanvas().setAttribute("aria-label", say("map.label"));
    this.picture.addControl(new maplibregl.ScaleControl({}), "bottom-left");
    this.picture.on("error", (event) => console.error(event.error.message));
    this.picture.on("load", () => { this.images(); this.drawnOnce = true; for (const part of this.parts()) part(); this.layers(); });
    this.picture.on("click", (event) => this.pick(event.point));
    for (const layer of ["events", "sensors"]) {
      this.picture.on("mouseenter", layer, () => { this.picture.getCanvas().classList.add("pointing"); });
      this.picture.on("mouseleave", layer, () => { this.picture.getCanvas().classList.remove("pointing"); });
    }
  }

  // All that changes, part by part: events and selection, their ellipses, sensors and ground.
  parts(): (() => void)[] {
    return this.drawnOnce ? [() => this.points(), () => this.outlines(), () => this.below()] : [];
  }

  private shown(chosen: Set<string>): Drawn[] {
    return this.store.ordered.filter((one) => this.store.shows(one) || chosen.has(one.id));
  }

  private points(): void {
    const chosen = this.chosen();
    this.fill("events", this.shown(chosen).map((one) => point([one.lon, one.lat], {
      id: one.id, kind: `e-${one.kind}`, sure: one.sure, state: one.state, fresh: this.fresh(one), chosen: chosen.has(one.id),
    })));
  }

  private outlines(): void {
    const chosen = this.chosen(), shown = this.shown(chosen);
    const outlined = shown.filter((one) => one.sure >= 0.3).slice(-MOST_ELLIPSES);
    this.fill("ellipses", outlined.map((one) => ({
      type: "Feature", geometry: { type: "Polygon", coordinates: [ring(one)] },
      properties: { provisional: one.state === "provisional", chosen: chosen.has(one.id) },
    })));
    this.fill("tracks", shown.flatMap((one) => one.fields.path ? [{
      type: "Feature" as const, geometry: { type: "LineString" as const, coordinates: one.fields.path.coordinates }, properties: {},
    }] : []));
  }

  private below(): void {
    const { store } = this;
    const live = new Set(store.now.live);
    this.fill("sensors", store.mission.sensors.features.map((one) => ({
      ...one, properties: { ...one.properties, image: `${live.has(one.properties?.["id"]) ? "s" : "x"}-${this.shape(one.properties?.["kind"])}` },
    })));
    this.fill("blind", store.now.blind.map((rings) => ({
      type: "Feature", geometry: { type: "Polygon", coordinates: rings }, properties: {},
    })));
    this.ground();
  }

  // What is switched off is not drawn.
  layers(): void {
    if (!this.drawnOnce) return;
    const of: Record<string, string[]> = {
      held: [...this.store.mission.parties.map((_, i) => `held-${i}`), "held-edge"], blind: ["blind", "blind-edge"],
      sensors: ["sensors"], ellipses: ["ellipse-fill", "ellipses", "ellipses-provisional"],
    };
    for (const [name, layers] of Object.entries(of)) {
      for (const layer of layers) {
        this.picture.setLayoutProperty(layer, "visibility", this.store.choice.off.has(name) ? "none" : "visible");
      }
    }
  }

  // Other colours were chosen.
  recolour(): void {
    if (!this.drawnOnce) return;
    for (const layer of this.spec()) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        this.picture.setPaintProperty(layer.id, name as never, value as never);
      }
    }
    this.images();
  }

  zoom(by: number): void { this.picture.zoomTo(this.picture.getZoom() + by, { duration: 0 }); }

  fit(): void { this.picture.fitBounds(this.whole(), { padding: 30, duration: 0 }); }

  focus(): void { this.picture.getCanvas().focus(); }

  // Look at the chosen events.
  show(ids: Iterable<string>): void {
    const bounds = new maplibregl.LngLatBounds();
    for (const id of ids) {
      const one = this.store.events.get(id);
      if (one) for (const corner of ring(one)) bounds.extend(corner);
    }
    if (!bounds.isEmpty()) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.picture.fitBounds(bounds, { padding: 90, maxZoom: 12.5, duration: still ? 0 : 500 });
    }
  }

  private chosen(): Set<string> {
    const { at } = this.store.choice;
    return new Set(
      this.store.incidents.get(at)?.feature.properties.events ?? this.store.findings.get(at)?.feature.properties.events ?? (at ? [at] : []),
    );
  }

  private fresh(one: Drawn): boolean {
    const now = this.store.cursor ?? this.store.mission_now;
    return now - one.at < 300_000;
  }

  private pick(at: { x: number; y: number }): void {
    const box: [[number, number], [number, number]] = [[at.x - 6, at.y - 6], [at.x + 6, at.y + 6]];
    const found = this.picture.queryRenderedFeatures(box, { layers: ["events"] })[0];
    if (found) this.store.choose({ at: String(found.properties["id"]) });
  }

  private shape(kind: string): string { return kind in this.store.mission.sensor_shapes ? kind : "any"; }

  private fill(source: string, features: GeoJSON.Feature[]): void {
    (this.picture.getSource(source) as GeoJSONSource).setData({ type: "FeatureCollection", features });
  }

  // The newest version of each map of held ground at the time shown; drawn again only when it is another.
  private ground(): void {
    const at = this.store.cursor ?? this.store.mission_now;
    const now = Number.isNaN(at) ? Infinity : at;
    const features = this.store.mission.held.features.filter((one) => {
      const of = one.properties ?? {};
      return Date.parse(of["since"]) <= now && (!of["until"] || now < Date.parse(of["until"]));
    });
    const shown = features.length ? features : this.store.mission.held.features;
    const name = shown.map((one) => this.store.mission.held.features.indexOf(one)).join();
    if (name === this.painted) return;
    this.painted = name;
    this.fill("held", shown);
  }

  private whole(): [Position, Position] {
    const bounds = new maplibregl.LngLatBounds();
    for (const one of this.store.mission.sensors.features) if (one.geometry.type === "Point") bounds.extend(one.geometry.coordinates as Position);
    for (const one of this.store.mission.areas.features) if (one.geometry.type === "LineString") for (const at of one.geometry.coordinates) bounds.extend(at as Position);
    return bounds.isEmpty() ? [[-180, -60], [180, 75]] : bounds.toArray() as [Position, Position];
  }

  private style(): StyleSpecification {
    const empty = (): { type: "geojson"; data: GeoJSON.FeatureCollection } => ({ type: "geojson", data: NONE });
    return {
      version: 8,
      sources: {
        land: { type: "vector", url: `pmtiles://${location.origin}/assets/land.pmtiles` },
        areas: { type: "geojson", data: this.store.mission.areas },
        held: empty(), blind: empty(), ellipses: empty(), tracks: empty(), sensors: empty(), events: empty(),
      },
      layers: this.spec(),
    };
  }

  private spec(): LayerSpecification[] {
    const ink = colour("ink"), mark = colour("mark"), line = colour("line"), quiet = colour("quiet");
    const held: LayerSpecification[] = this.store.mission.parties.map((party, i) => ({
      id: `held-${i}`, type: "fill", source: "held", filter: ["==", ["get", "party"], party], paint: { "fill-pattern": `hatch-${i}`, "fill-opacity": 0.6 },
    }));
    const chosen: ExpressionSpecification = ["get", "chosen"];
    return [
      { id: "water", type: "background", paint: { "background-color": colour("water") } },
      { id: "land", type: "fill", source: "land", "source-layer": "land", paint: { "fill-color": colour("sheet"), "fill-antialias": true } },
      { id: "shore", type: "line", source: "land", "source-layer": "land", paint: { "line-color": colour("rule"), "line-width": 0.8 } },
      ...held,
      { id: "held-edge", type: "line", source: "held", paint: { "line-color": colour("edge"), "line-width": 1.1, "line-opacity": 0.7 } },
      { id: "blind", type: "fill", source: "blind", paint: { "fill-pattern": "blind" } },
      { id: "blind-edge", type: "line", source: "blind", paint: { "line-color": quiet, "line-width": 1, "line-dasharray": [1, 2] } },
      { id: "areas", type: "line", source: "areas", filter: ["!=", ["geometry-type"], "LineString"], paint: { "line-color": quiet, "line-width": 1.4, "line-dasharray": [5, 2, 1, 2] } },
      { id: "line-under", type: "line", source: "areas", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round" }, paint: { "line-color": colour("sheet"), "line-width": 5 } },
      { id: "line", type: "line", source: "areas", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round" }, paint: { "line-color": line, "line-width": 2 } },
      { id: "sensors", type: "symbol", source: "sensors", layout: { "icon-image": ["get", "image"], "icon-size": ["interpolate", ["linear"], ["zoom"], 6, 0.45, 11, 0.8], "icon-allow-overlap": true, "icon-ignore-placement": true }, paint: { "icon-opacity": 0.9 } },
      { id: "ellipse-fill", type: "fill", source: "ellipses", filter: chosen, paint: { "fill-color": mark, "fill-opacity": 0.1 } },
      { id: "ellipses", type: "line", source: "ellipses", filter: ["!", ["get", "provisional"]], paint: { "line-color": mark, "line-width": ["case", chosen, 2, 0.8], "line-opacity": ["case", chosen, 1, 0.55] } },
      { id: "ellipses-provisional", type: "line", source: "ellipses", filter: ["get", "provisional"], paint: { "line-color": mark, "line-width": 1.2, "line-dasharray": [3, 2] } },
      { id: "tracks", type: "line", source: "tracks", paint: { "line-color": mark, "line-width": 1.5 } },
      { id: "halo", type: "circle", source: "events", filter: ["any", ["get", "fresh"], chosen], paint: { "circle-radius": ["case", chosen, 15, 12], "circle-color": colour("paper"), "circle-opacity": 0.35, "circle-stroke-color": ["case", chosen, colour("focus"), ink], "circle-stroke-width": ["case", chosen, 3, 1] } },
      { id: "events", type: "symbol", source: "events", layout: { "icon-image": ["get", "kind"], "icon-size": ["interpolate", ["linear"], ["zoom"], 5, 0.5, 10, 0.8, 13, 1], "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["get", "sure"] }, paint: { "icon-opacity": ["interpolate", ["linear"], ["get", "sure"], 0, 0.25, 0.5, 0.6, 0.95, 1] } },
    ];
  }

  // Symbols and hatchings in the colours of the day.
  private images(): void {
    const { mission } = this.store;
    for (const [kind, of] of Object.entries(mission.classes)) {
      this.image(`e-${kind}`, 22, (brush) => paint(brush, 22, of.path, colour(of.colour), colour("ink"), 0.9));
    }
    for (const [kind, path] of Object.entries(mission.sensor_shapes)) {
      this.image(`s-${kind}`, 16, (brush) => paint(brush, 16, path, colour("sheet"), colour("sensor"), 1.8));
      this.image(`x-${kind}`, 16, (brush) => {
        paint(brush, 16, path, colour("sheet"), colour("sensor"), 1.2);
        paint(brush, 16, "M-8-8 8 8M8-8-8 8", "", colour("ink"), 2);
      });
    }
    mission.parties.forEach((_, i) => this.image(`hatch-${i}`, 16, (brush) => hatch(brush, 16, HATCH_DEG[i % HATCH_DEG.length] ?? 0, colour("ground"))));
    this.image("blind", 12, (brush) => {
      brush.fillStyle = colour("quiet");
      brush.globalAlpha = 0.55;
      for (const [x, y] of [[3, 3], [9, 9]] as const) { brush.beginPath(); brush.arc(x, y, 1.1, 0, 7); brush.fill(); }
    });
  }

  private image(name: string, size: number, draw: (brush: CanvasRenderingContext2D) => void): void {
    const sheet = document.createElement("canvas");
    sheet.width = sheet.height = size * RATIO;
    const brush = sheet.getContext("2d");
    if (!brush) return;
    brush.scale(RATIO, RATIO);
    draw(brush);
    const data = brush.getImageData(0, 0, sheet.width, sheet.height);
    if (this.picture.hasImage(name)) this.picture.updateImage(name, data);
    else this.picture.addImage(name, data, { pixelRatio: RATIO });
  }
}

function point(at: Position, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: at }, properties };
}

function paint(brush: CanvasRenderingContext2D, size: number, path: string, fill: string, stroke: string, width: number): void {
  brush.save();
  brush.translate(size / 2, size / 2);
  brush.scale(size / 20, size / 20);
  const shape = new Path2D(path);
  if (fill) { brush.fillStyle = fill; brush.fill(shape, "evenodd"); }
  brush.strokeStyle = stroke;
  brush.lineWidth = width;
  brush.lineJoin = "round";
  brush.stroke(shape);
  brush.restore();
}

function hatch(brush: CanvasRenderingContext2D, size: number, degrees: number, ink: string): void {
  // Directions that repeat over the tile: what lies between is drawn by the next of them.
  const steps: Record<number, [number, number]> = { 45: [1, 1], 135: [1, -1], 0: [0, 1], 90: [1, 0], 22: [1, 2], 112: [2, -1], 67: [2, 1], 157: [1, -2] };
  const [dx, dy] = steps[degrees] ?? [1, 1];
  brush.strokeStyle = ink;
  brush.lineWidth = 1;
  brush.beginPath();
  for (let offset = -4; offset <= 4; offset++) {
    const [x, y] = dx === 0 ? [offset * 8, 0] : [0, offset * 8];
    brush.moveTo(x - dx * size * 3, y - dy * size * 3);
    brush.lineTo(x + dx * size * 3, y + dy * size * 3);
  }
  brush.stroke();
}

// The 90 % ellipse of an event as a ring. Small beside the globe: degrees are scaled to metres at its middle.
function ring(one: Drawn): Position[] {
  const { semi_major_m: a, semi_minor_m: b, azimuth_deg: turn } = one.ellipse;
  const north = 111_195, east = north * Math.max(0.01, Math.cos((one.lat * Math.PI) / 180));
  const sin = Math.sin((turn * Math.PI) / 180), cos = Math.cos((turn * Math.PI) / 180);
  const found: Position[] = [];
  for (let i = 0; i <= CORNERS; i++) {
    const angle = (2 * Math.PI * i) / CORNERS, along = a * Math.cos(angle), across = b * Math.sin(angle);
    found.push([one.lon + (along * sin + across * cos) / east, one.lat + (along * cos - across * sin) / north]);
  }
  return found;
}
