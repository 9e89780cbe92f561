// The JSON documents about the interfaces.
//
// Units    in the names; times as UtcText() writes them.
// Threads  pure functions.
#pragma once

#include "interface_ledger.h"
#include "ntm/http/route.h"
#include "ntm/module/reports.h"

namespace ntm::interfaces {

// GET /api/interfaces: the whole report, with peak and mean per period.
HttpResponse AnswerInterfaces(const InterfaceReport& report,
                              const InterfaceLedger& ledger);

// GET /api/traffic/current: the whole site, where receive is traffic to local
// hosts and transmit traffic from them; or one interface.
HttpResponse AnswerSiteTraffic(const InterfaceReport& report);
HttpResponse AnswerCurrentTraffic(const InterfaceReport& report,
                                  const InterfaceSample& sample);

}  // namespace ntm::interfaces
