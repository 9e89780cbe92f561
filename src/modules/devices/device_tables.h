// The database tables of the devices, and their SQL statements.
//
//   devices        a row per device: its addresses in text, with spaces
//   devices_began  one row: since when devices are known
//
// Units    seconds since the epoch.
// Threads  the thread of the connection.
// Errors   DatabaseError.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "device_book.h"
#include "ntm/base/database.h"

namespace ntm::devices {

std::vector<std::string> DeviceMigrations();
std::vector<Device> ReadDevices(Database* database);
std::optional<int64_t> ReadBegan(Database* database);
void WriteChanges(const DeviceChanges& changes, Database* database);

}  // namespace ntm::devices
