// How names become addresses.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

namespace cmap {

/// Returns the addresses of a host, in the order in which they are to be tried; sets `code` when
/// there are none. It may block for as long as it wants, and is called on many threads at a time,
/// also when whoever asked is gone: it owns what it uses. An exception counts as a failure.
using HostLookup = std::function<std::vector<boost::asio::ip::address>(
    const std::string& host, boost::system::error_code& code)>;

/// With getaddrinfo.
std::vector<boost::asio::ip::address> look_up_with_system(const std::string& host,
                                                          boost::system::error_code& code);

}  // namespace cmap
