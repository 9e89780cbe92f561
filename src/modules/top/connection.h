// Finds the ntm to look at: the one of --url, else the one that runs here, else
// a capture of our own.
//
// Shape    an interface or a filter on the command line asks for a capture of
// our
//          own, because one that runs has its own.
// Threads  main thread, before others are started.
// Errors   ntm::Error.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "live_client.h"
#include "ntm/module/command_line.h"
#include "own_capture.h"

namespace ntm::top {

struct Wanted {
  std::string url;                 // --url; "": any
  std::string ca_file;             // --ca-file
  std::vector<std::string> words;  // the rest of the command line
};

struct Connection {
  LiveServer server;
  std::string where;                // for the screen
  std::unique_ptr<OwnCapture> own;  // null: one that runs
};

Connection Connect(const Wanted& wanted, const OwnServer& own_server);

}  // namespace ntm::top
