// Answers GET /api/flows: the flows of the last tick, sorted and chosen.
//
// Units    bytes and packets since the flow began; per second over the last
//          tick; times in UTC.
// Shape    the labels are those of the series. What leads the order is the
//          largest; equals come in the order of the snapshot.
// Threads  a pure function.
// Errors   400 with {"error": …} for a parameter that cannot be, 503 before
//          the first tick.
#pragma once

#include "ntm/flow/snapshot.h"
#include "ntm/http/route.h"
#include "ntm/module/reports.h"

namespace ntm::traffic {

// `before` is the tick's before `now`; both may be null, as may the report.
HttpResponse AnswerFlows(const HttpRequest& request, const Snapshot* now,
                         const Snapshot* before, const QosReport* report);

}  // namespace ntm::traffic
