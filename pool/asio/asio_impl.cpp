// Asio itself, compiled once: whoever links cmap_asio_impl sees declarations where it can.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
