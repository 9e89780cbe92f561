// Enables CAP_NET_RAW, the one capability that a capture needs, and explains
// why it is missing.
//
// Shape    the file may have it as permitted only (`setcap cap_net_raw+p`).
// Then
//          the program also starts where the capability is forbidden, and can
//          explain that. With "+ep" the kernel refuses to start it there, with
//          only "Operation not permitted".
// Threads  RaiseCaptureRight() before any other thread is started; the others
//          read what the kernel says of the calling thread.
// Errors   none throws.
// Source   capabilities(7).
#pragma once

#include <istream>
#include <string>

namespace ntm {

// Makes CAP_NET_RAW effective where it is permitted; returns true iff it is
// effective now. Changes no other capability.
bool RaiseCaptureRight() noexcept;

struct ProcessRights {
  bool has_net_raw = false;      // CAP_NET_RAW is effective
  bool may_have_net_raw = true;  // it is in the bounding set
  bool no_new_privs = false;     // a file's capabilities do not count
  bool packet_socket = false;    // the kernel gives one
  bool file_has_rights = false;  // the program's file has capabilities
  std::string executable;
};

// Reads the first three out of /proc/self/status.
ProcessRights ParseRights(std::istream& status);
// Those of this process; opens a packet socket to see, and closes it.
ProcessRights ReadRights();

// Why capturing is not permitted, and the remedy.
struct MissingRight {
  std::string why;
  std::string remedy;
};
// REQUIRES: !rights.packet_socket.
MissingRight ExplainMissingRight(const ProcessRights& rights);

}  // namespace ntm
