'doc'; import x; from __future__ import division
