// Handler of GET /api/logs?limit=100&offset=0&type=video.
//
// Threads  any.
// Errors   answered with 400 and {"error": …}.
#pragma once

#include "log_rows.h"
#include "ntm/http/route.h"

namespace ntm::packet_log {

// Newest first. The parameter `before`, an id, keeps the pages stable while
// rows are added.
HttpResponse ListLogs(const LogRows& rows, const PacketLog& log,
                      const HttpRequest& request);

// The answer if the packet log is off.
HttpResponse NoLogs();

}  // namespace ntm::packet_log
