// Answers GET /api/flows: the flows of the last tick, sorted and filtered.
//
// Units    bytes and packets since the flow began; per second over the last
//          tick; times in UTC.
// Shape    with the labels of the series. Largest first; equal ones in the
//          order of the snapshot.
// Threads  a pure function.
// Errors   400 with {"error": …} for an invalid parameter, 503 before the first
//          tick.
#pragma once

#include "ntm/flow/snapshot.h"
#include "ntm/http/route.h"
#include "ntm/module/reports.h"
#include "ntm/net/host_names.h"

namespace ntm::traffic {

// `before` is the snapshot of the tick before `now`. All pointers may be null.
HttpResponse AnswerFlows(const HttpRequest& request, const Snapshot* now,
                         const Snapshot* before, const QosReport* report,
                         const HostNames* names);

}  // namespace ntm::traffic
