import type { Event } from "../events.ts";
import { layoutOf } from "../layout.ts";
import type { State } from "../model.ts";
import { withoutStale } from "../review/notes.ts";
import * as reviews from "./review.ts";

export function reduceReview(state: State, event: Event): State {
  const { review } = state;
  if (event.type === "review") return { ...state, screen: "review", review: reviews.openReview(event.id) };
  if (!review) return state;
  const to = (next: reviews.Review): State => ({ ...state, review: next });
  switch (event.type) {
    case "reviewing": {
      if (event.id !== review.id || event.scope !== review.scope) return state;
      // What was noted while this was read counts, not what was noted before.
      const known = review.noted ? review.notes : event.notes;
      const { diff, whole, head, from } = event;
      const notes = withoutStale(known, whole);
      const read = { ...review, diff, whole, head, from, trouble: null, notes, noted: true };
      return to(reviews.reviewAt(read, read.at));
    }
    case "review_failed":
      return event.id === review.id ? to({ ...review, trouble: event.message }) : state;
    case "review_move":
      return to(reviews.reviewMoved(review, event.by, layoutOf(state).review));
    case "review_jump":
      return to(reviews.reviewJumped(review, event.to, event.by));
    case "review_at":
      return to(reviews.reviewAt(review, event.line));
    case "review_scope":
      return to({ ...review, scope: event.scope, diff: null, trouble: null, at: 0, first: 0 });
    case "review_mark":
      return to(reviews.reviewMarked(review));
    case "review_comment":
      return to(reviews.commented(review, event.of, event.text));
    case "review_uncomment":
      return to(reviews.uncommented(review));
    case "review_files":
      return to({ ...review, files: !review.files });
    case "review_sent":
      return event.id === review.id ? to(reviews.sent(review, event.comments)) : state;
    case "review_left":
      return { ...state, screen: "fleet", review: null };
    default:
      return state;
  }
}
