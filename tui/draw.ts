import type { Event } from "./events.ts";
import type { Frame, Pane, Spot } from "./frame.ts";
import { layoutOf } from "./layout.ts";
import type { State } from "./model.ts";
import { footerPane, headerPane, noticePane } from "./views/bars.ts";
import { createView } from "./views/create.ts";
import { fleetPane } from "./views/fleet.ts";
import { overlayView } from "./views/overlays.ts";
import { divider, previewPanes } from "./views/preview.ts";
import { reviewPanes } from "./views/review.ts";

/** The frame of a state: pure, and every pane within the screen. */
export function draw(state: State): Frame<Event> {
  const layout = layoutOf(state);
  const panes: Pane[] = [];
  const spots: Spot<Event>[] = [];
  let cursor: Frame<Event>["cursor"] = null;
  // What nothing is drawn on is empty, not what was there before.
  panes.push({ x: 0, y: 0, width: state.width, height: state.height, rows: [] });
  if (layout.header) panes.push(headerPane(state, layout.header));
  if (layout.list) {
    const fleet = fleetPane(state, layout.list);
    panes.push(fleet.pane);
    spots.push(fleet.spot);
  }
  if (layout.preview && layout.preview.height > 0) {
    const preview = previewPanes(state, layout.preview);
    if (layout.preview.x > 0) panes.push(divider(layout.preview));
    panes.push(...preview.panes);
    spots.push(...preview.spots);
  }
  if (state.screen === "review") {
    const review = reviewPanes(state, layout.body);
    panes.push(...review.panes);
    spots.push(...review.spots);
  }
  if (state.screen === "create") {
    const create = createView(state, layout.body);
    panes.push(...create.panes);
    spots.push(...create.spots);
    cursor = create.cursor;
  }
  if (layout.notice) panes.push(noticePane(state, layout.notice));
  if (layout.footer) panes.push(footerPane(state, layout.footer));
  for (const overlay of state.overlays) {
    const drawn = overlayView(state, overlay);
    panes.push(drawn.pane);
    // What lies below an overlay cannot be clicked.
    spots.push({
      rect: { x: 0, y: 0, width: state.width, height: state.height },
      click: () => null,
      wheel: () => null,
    });
    spots.push(drawn.spot);
    cursor = drawn.cursor;
  }
  return { panes, spots, cursor };
}
