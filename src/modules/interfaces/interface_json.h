// The interfaces as the JSON API tells them.
//
// Units    in the names; times as UtcText() writes them.
// Threads  pure functions.
#pragma once

#include "interface_ledger.h"
#include "ntm/posts.h"
#include "ntm/route.h"

namespace ntm::interfaces {

// GET /api/interfaces: all of the report, with peak and mean per period.
HttpResponse AnswerInterfaces(const InterfaceReport& report,
                              const InterfaceLedger& ledger);

// GET /api/traffic/current: one of them, or the sum.
HttpResponse AnswerCurrentTraffic(const InterfaceReport& report,
                                  const InterfaceSample& sample);

}  // namespace ntm::interfaces
