// Handlers of the alerts' HTTP API: GET /api/alerts and POST
// /api/alerts/{id}/resolve.
//
// Threads  any.
// Errors   answered with 400 or 404 and {"error": …}.
#pragma once

#include <functional>
#include <string>

#include "alert_book.h"
#include "ntm/http/route.h"

namespace ntm::alerts {

// ?unresolved=true&limit=50, the newest first.
HttpResponse ListAlerts(const AlertBook& book, const HttpRequest& request);

// Ends an alert by hand; calls `tell` with the alert if it was open.
HttpResponse ResolveAlert(AlertBook* book, const HttpRequest& request,
                          int64_t time_ns,
                          const std::function<void(const Notice&)>& tell);

}  // namespace ntm::alerts
