// The interfaces as the JSON API tells them.
//
// Units    in the names; times as UtcText() writes them.
// Threads  pure functions.
#pragma once

#include "interface_ledger.h"
#include "ntm/http/route.h"
#include "ntm/module/reports.h"

namespace ntm::interfaces {

// GET /api/interfaces: all of the report, with peak and mean per period.
HttpResponse AnswerInterfaces(const InterfaceReport& report,
                              const InterfaceLedger& ledger);

// GET /api/traffic/current: what went to the local hosts, which is receive, and
// from them, which is transmit; or one of the interfaces.
HttpResponse AnswerSiteTraffic(const InterfaceReport& report);
HttpResponse AnswerCurrentTraffic(const InterfaceReport& report,
                                  const InterfaceSample& sample);

}  // namespace ntm::interfaces
