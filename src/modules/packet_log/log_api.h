// The packet log over HTTP: GET /api/logs?limit=100&offset=0&type=video.
//
// Threads  any.
// Errors   answered with 400 and {"error": …}.
#pragma once

#include "log_rows.h"
#include "ntm/http/route.h"

namespace ntm::packet_log {

// The newest first. `before`, an id, holds the pages of a list in place to
// which new rows come.
HttpResponse ListLogs(const LogRows& rows, const PacketLog& log,
                      const HttpRequest& request);

// Where nothing is logged.
HttpResponse NoLogs();

}  // namespace ntm::packet_log
